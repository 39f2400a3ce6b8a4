/** What was measured comes back after a reload, without a model. */
import type { Locator, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { AppPage } from './app.ts';
import { ANSWERED, openDemo, pickFirst, set, tableOf } from './demo-page.ts';
import { withoutRun } from './fixtures/results.ts';
import { expect, test } from './page.ts';

const LOADED = { timeout: 120_000 };

/** What a page shows of a result, and what it saves: the numbers, without the day. */
interface Seen {
  readonly found: string;
  readonly table: readonly (readonly string[])[];
  readonly saved: string;
}

async function seen(page: Page, save: RegExp): Promise<Seen> {
  const main = page.getByRole('main');
  const chart = main.getByRole('figure').first();
  const table = await tableOf(chart);
  await chart.getByRole('button', { name: 'Table' }).click();
  const found = main.getByRole('region', { name: 'What was found' });
  await expect(found.locator('p').first()).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    found.getByRole('button', { name: save }).click(),
  ]);
  return {
    table,
    found: await found
      .locator('p:not(.buttons)')
      .allTextContents()
      .then((all) => all.join('\n')),
    saved: withoutRun(readFileSync(await download.path(), 'latin1')),
  };
}

/** The same page in the same browser as a new visit finds it. */
async function comeBack(page: Page, address: string): Promise<Locator> {
  await page.goto('about:blank');
  await page.goto(address);
  const main = page.getByRole('main');
  await expect(main.getByText('Shown as this browser keeps it: nothing is loaded for it.')).toBeVisible(
    LOADED,
  );
  return main;
}

test('what travels with the app is shown as such at first sight, and put away by a press', async ({
  page,
}) => {
  await page.goto('./#localize');
  const main = page.getByRole('main');
  const shown = main.getByRole('status').filter({ hasText: 'Carried with the app: measured by version' });
  await expect(shown).toContainText('Nothing is loaded for it.', LOADED);
  const found = main.getByRole('region', { name: 'What was found' });
  await expect(found).toContainText(
    'Counting changes most at layer 1: 92.0 % (Wilson 95 %: 75.0 % to 97.8 %, n = 25)',
  );
  await expect(main.getByText('Open and load RL to compute more.')).toBeVisible();
  await expect(main.getByText(/^Kept results/)).toBeHidden();
  // Its pictures are those of the committed pairs.
  await pickFirst(page, main.getByRole('figure').first());
  await expect(main.getByRole('region', { name: 'Samples' }).getByRole('img').first()).toBeVisible();
  await page.keyboard.press('3');
  await expect(found).toContainText('RL − IN leaves 7.3 % of the weights exactly as they were.', LOADED);
  await expect(shown).toBeVisible();
  await main.getByText(/^Carried with the app · 2/).click();
  await main.getByRole('button', { name: /^Hide Update energy/ }).click();
  await expect(shown).toBeHidden();
  await expect(main.getByText(/^Carried with the app · 1/)).toBeVisible();
});

test('after a reload, and by a link, charts, findings and files are there again, and no model is', async ({
  page,
}) => {
  test.setTimeout(600_000);
  await openDemo(page, 'localize');
  const main = page.getByRole('main');
  const run = main.getByRole('button', { name: 'Run', exact: true });
  await set(main, 'Pairs of each task', 2);
  await run.click();
  await expect(run).toBeDisabled(ANSWERED);
  const swapped = await seen(page, /^Save the results/);
  const link = page.url();
  expect(link).toMatch(/#localize\?.*do=swap.*samples=2/);

  await page.keyboard.press('3');
  await main.getByRole('button', { name: 'Measure energy' }).click();
  await expect(main.getByRole('button', { name: 'Energy is measured' })).toBeDisabled(LOADED);
  const measured = await seen(page, /^Save /);

  await page.keyboard.press('5');
  await set(main, 'Samples of each set', 2);
  await main.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(main.getByRole('button', { name: 'Evaluate', exact: true })).toBeDisabled(ANSWERED);
  const evaluated = await seen(page, /^Save/);
  const necessity = page.url();

  await test.step('a link to the swap', async () => {
    await comeBack(page, link);
    expect(await seen(page, /^Save the results/)).toEqual(swapped);
    await expect(run).toBeHidden();
    await expect(main.getByText('Open and load RL to compute more.')).toBeVisible();
    // The committed pairs have their pictures.
    await pickFirst(page, main.getByRole('figure').first());
    await expect(main.getByRole('region', { name: 'Samples' }).getByRole('img').first()).toBeVisible();
    await expect(new AppPage(page).slot('RL')).toBeHidden();
  });
  await test.step('what stands in on one page is no model of another', async () => {
    await page.keyboard.press('4');
    await expect(main.getByRole('button', { name: 'Open the demo family' })).toBeVisible();
    await expect(main.getByText('kept from earlier')).toBeHidden();
  });
  await test.step('the page of updates, by way of another', async () => {
    await page.keyboard.press('3');
    await expect(main.getByText('Shown as this browser keeps it: nothing is loaded for it.')).toBeVisible(
      LOADED,
    );
    expect(await seen(page, /^Save /)).toEqual(measured);
  });
  await test.step('a journal that was saved is listed, and shown, where it is opened', async () => {
    const sheet = page.getByRole('dialog', { name: 'This machine' });
    const listed = main.getByRole('listitem').filter({ hasText: 'Update energy' });
    await page.keyboard.press('m');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      sheet.getByRole('button', { name: /^Save the journal of Update energy/ }).click(),
    ]);
    const journal = await download.path();
    await sheet.getByRole('button', { name: /^Delete Update energy/ }).click();
    await expect(sheet.getByRole('button', { name: /^Delete Update energy/ })).toBeHidden();
    await page.keyboard.press('Escape');
    await expect(listed).toHaveCount(0);
    await page.keyboard.press('m');
    await sheet
      .locator('input[aria-label="Journals to go on with"]')
      .setInputFiles({ name: 'x.journal.jsonl', mimeType: 'text/plain', buffer: readFileSync(journal) });
    await expect(sheet.getByText(/were taken over from x\.journal\.jsonl\.$/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(main.getByText('Shown as this browser keeps it: nothing is loaded for it.')).toBeVisible();
    expect(await seen(page, /^Save /)).toEqual(measured);
  });
  await test.step('a link to an evaluation', async () => {
    await comeBack(page, necessity);
    expect((await seen(page, /^Save/)).found).toBe(evaluated.found);
    expect((await seen(page, /^Save/)).table).toEqual(evaluated.table);
  });
  await test.step('an evaluation is deleted where it is listed, with all of its answers', async () => {
    await main.getByText(/^Kept results/).click();
    const kept = main.getByRole('listitem').filter({ hasText: /^Necessity of IN, RL/ });
    await kept.getByRole('button', { name: /^Delete/ }).click();
    await expect(kept).toHaveCount(0);
    await page.keyboard.press('m');
    const sheet = page.getByRole('dialog', { name: 'This machine' });
    await expect(sheet.getByRole('listitem').filter({ hasText: 'Token swap' })).toBeVisible();
    await expect(sheet.getByText(/^Answers of/)).toHaveCount(0);
    await page.keyboard.press('Escape');
  });
  await test.step('a list of what is kept, with other settings; deleting stays', async () => {
    await page.goto('about:blank');
    await page.goto('./#localize?do=swap&samples=7');
    const kept = main.getByRole('listitem').filter({ hasText: 'Token swap of RL on pairs' });
    await expect(kept).toContainText('8 samples');
    await expect(main.getByRole('region', { name: 'What was found' }).locator('p')).toHaveCount(0);
    await kept.getByRole('button', { name: /^Show/ }).click();
    await expect(main.getByText('Shown as this browser keeps it: nothing is loaded for it.')).toBeVisible(
      LOADED,
    );
    await main.getByText(/^Kept results/).click();
    await kept.getByRole('button', { name: /^Delete/ }).click();
    await expect(kept).toBeHidden();
    await expect(main.getByText('Shown as this browser keeps it: nothing is loaded for it.')).toBeHidden();
  });
});
