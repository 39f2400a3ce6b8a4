import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { AppPage } from './app.ts';
import { expect, test } from './page.ts';

/** Three checkpoints fetched, opened and loaded on a busy machine. */
const LOADED = { timeout: 120_000 };
const ANSWERED = { timeout: 120_000 };

async function openDemo(page: Page): Promise<void> {
  const app = new AppPage(page);
  await page.getByRole('button', { name: 'Open the demo family' }).click();
  for (const name of ['IN', 'RL'] as const)
    await expect(app.slot(name).getByRole('button', { name: `Unload ${name}` })).toBeVisible(LOADED);
  await expect(page.getByRole('region', { name: 'Demo family' }).getByRole('progressbar')).toBeHidden(LOADED);
}

test('a swap over ten pairs fills its chart, is cancelled, survives a reload, goes on, and is saved', async ({
  page,
}) => {
  const app = new AppPage(page);
  const main = page.getByRole('main');
  await app.start();
  await openDemo(page);
  await page.evaluate(() => (location.hash = '#localize'));
  await expect(main.getByRole('heading', { level: 1 })).toContainText('Which layers');
  for (const task of ['OCR', 'Grounding', 'Recognition'])
    await main.getByLabel(task, { exact: true }).uncheck();
  await main.getByRole('spinbutton', { name: 'Pairs of each task' }).fill('10');
  await main.getByRole('spinbutton', { name: 'Pairs of each task' }).blur();
  // One pair at a time, so that there is something left to cancel.
  await main.getByText('More settings').click();
  const rows = main.getByRole('spinbutton', { name: /^Answers at once/ });
  await rows.fill('13');
  await rows.blur();
  await expect(main).toContainText('10 samples · 130 answers');
  const chart = main.getByRole('figure', { name: 'Change rate per layer' });

  await main.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(main).toContainText(/[1-9] of 10 samples so far/, ANSWERED);
  await expect(chart).toContainText('Counting');
  await main.getByRole('button', { name: 'Cancel', exact: true }).click();
  const goOn = main.getByRole('button', { name: /Go on: \d+ of 10 are kept/ });
  await expect(goOn).toBeVisible();
  const kept = Number(/(\d+) of 10/.exec((await goOn.textContent()) ?? '')?.[1]);
  expect(kept).toBeGreaterThan(0);

  await page.reload();
  await page.evaluate(() => (location.hash = '#open'));
  await openDemo(page);
  await page.evaluate(() => (location.hash = '#localize'));
  await expect(main.getByRole('button', { name: `Go on: ${kept} of 10 are kept` })).toBeVisible();
  await expect(chart).toContainText(`${kept} of 10 samples so far`);
  await main.getByRole('button', { name: `Go on: ${kept} of 10 are kept` }).click();
  await expect(chart).toContainText('10 samples', ANSWERED);
  await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeVisible(ANSWERED);
  await expect(main.getByRole('region', { name: 'What was found' })).toContainText(/Counting changes/);

  await test.step('the samples behind a point', async () => {
    await chart.getByRole('application').or(chart.locator('[tabindex="0"]')).first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const samples = main.getByRole('region', { name: 'Samples' });
    await expect(samples.getByRole('heading')).toContainText(/Counting, layer \d+: \d+ of 10 changed/);
    await expect(samples.getByRole('img', { name: 'image asked about' })).toHaveCount(10);
  });

  await test.step('saved as the reference writes them', async () => {
    const saved: Record<string, string> = {};
    page.on('download', async (download) => {
      saved[download.suggestedFilename()] = readFileSync(await download.path(), 'utf8');
    });
    await main.getByRole('button', { name: 'Save the results of 10 samples' }).click();
    await expect
      .poll(() => Object.keys(saved).sort())
      .toEqual(['layer_swap_results.jsonl', 'layer_swap_summary.json']);
    const summary = JSON.parse(saved['layer_swap_summary.json'] ?? '') as {
      tasks: string[];
      layers: number[];
      num_samples: number;
      change_rates: Record<string, Record<string, number>>;
    };
    expect(summary).toMatchObject({ tasks: ['counting'], num_samples: 10 });
    expect(summary.layers).toHaveLength(12);
    const lines = (saved['layer_swap_results.jsonl'] ?? '').trim().split('\n');
    expect(lines).toHaveLength(120);
    const changed = lines
      .map((line) => JSON.parse(line) as { layer: number; answer_changed: boolean })
      .filter(({ layer, answer_changed }) => layer === 0 && answer_changed).length;
    expect(summary.change_rates['counting']?.['0']).toBeCloseTo(changed / 10, 12);
  });
});
