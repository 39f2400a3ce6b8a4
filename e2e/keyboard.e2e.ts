import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { AppPage } from './app.ts';
import { goldenCase, goldenFolder, goldenText, withoutLayer } from './fixtures/goldens.ts';
import { expect, test } from './page.ts';

/** More stops than the page has. */
const MOST_STOPS = 80;

async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no way to ${goal.toString()} by Tab`);
}

test('a folder is opened, loaded, asked and edited without a pointer', async ({ page }) => {
  const golden = goldenCase('untied-gqa4-f32', 'text');
  const app = new AppPage(page);
  await app.start();

  // Asked for early: a dialog that opens before the browser was told to hand it over would stay open.
  const dialog = page.waitForEvent('filechooser');
  await tabTo(page, app.slot('Base').getByRole('button', { name: 'or files' }));
  await page.keyboard.press('Enter');
  const folder = goldenFolder('untied-gqa4-f32');
  await (await dialog).setFiles(readdirSync(folder).map((name) => join(folder, name)));

  const load = app.slot('Base').getByRole('button', { name: 'Load Base' });
  await expect(load).toBeVisible();
  await tabTo(page, page.getByRole('group', { name: 'Run on' }).getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, load);
  await page.keyboard.press('Enter');
  await expect(app.slot('Base').getByRole('button', { name: 'Try Base' })).toBeVisible();

  await page.keyboard.press('t');
  await expect(app.tryIt).toBeVisible();
  await tabTo(page, app.layer(1));
  await page.keyboard.press('ArrowRight');
  await expect(app.layer(2)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(app.layer(2)).not.toBeChecked();

  await tabTo(page, app.tryIt.getByRole('textbox', { name: 'Question' }));
  await page.keyboard.type('What is two plus three? Think step by step.');
  await page.keyboard.press('Control+Enter');
  const [intact = '', edited = ''] = await app.answers();
  expect(intact.startsWith(goldenText(golden.greedy).slice(0, 20))).toBe(true);
  expect(edited.startsWith(goldenText(withoutLayer(golden, 1)).slice(0, 20))).toBe(true);

  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(app.tryIt).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and words' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys and words' })).toBeHidden();
});

test('from the demo family to a chart, its numbers and its file without a pointer', async ({ page }) => {
  const app = new AppPage(page);
  const loaded = { timeout: 120_000 };
  await app.start();
  await tabTo(page, page.getByRole('button', { name: 'Open the demo family' }));
  await page.keyboard.press('Enter');
  const ask = app.tryIt.getByRole('button', { name: 'Ask' });
  await expect(ask).toBeVisible(loaded);
  await expect(page.getByText('demo:rl-frozen-late')).toBeVisible(loaded);
  await expect(page.getByRole('region', { name: 'Demo family' }).getByRole('progressbar')).toBeHidden(loaded);
  await expect(ask).toBeFocused();
  await page.keyboard.press('Enter');
  expect((await app.answers())[0]).not.toBe('');

  await page.keyboard.press('3');
  await expect(page).toHaveTitle('Characterize · Frankenscope');
  await tabTo(page, page.getByRole('button', { name: 'Measure energy' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Energy is measured' })).toBeVisible(loaded);

  const figure = page.getByRole('figure', { name: 'Update energy per layer' });
  const unfold = figure.locator('summary');
  await tabTo(page, unfold);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(figure.getByRole('button', { name: 'SVG' })).toBeFocused();
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.svg$/);
  expect(readFileSync(await file.path(), 'utf8')).toContain('Update energy per layer');

  await expect(unfold).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(figure.getByRole('application')).toBeFocused();
  await page.keyboard.press('End');
  await expect(figure).toContainText(/Layer 12/);
  await page.keyboard.press('ArrowLeft');
  await expect(figure).toContainText(/Layer 11/);
});
