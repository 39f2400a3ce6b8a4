import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppPage } from './app.ts';
import { ANSWERED, openDemo, pickFirst, set, tableOf } from './demo-page.ts';
import { expect, test } from './page.ts';

const PAPERS = join(import.meta.dirname, '../public/published/papers.json');

test('the playground: editing the answer moves the rewards', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await page.keyboard.press('6');
  const playground = page.getByRole('region', { name: 'Edit a response and watch its six rewards' });
  const reward = (name: string) =>
    playground.getByRole('row').filter({ hasText: name }).getByRole('cell').nth(1);
  // The answer 4:45 is wrong and five minutes off: 1/2 + 1/2 · 3/4 of the credit.
  await expect(reward('only-accuracy')).toHaveText('0');
  const before = Number(await reward('continuous').textContent());
  await playground.getByRole('textbox', { name: 'Right answer' }).fill('4:45');
  await expect(reward('only-accuracy')).toHaveText('1');
  const after = Number(await reward('continuous').textContent());
  expect(after - before).toBeCloseTo(0.8 * (1 - 0.875), 2);
  await playground.getByRole('textbox', { name: 'Response' }).fill('no tags');
  await expect(reward('vanilla')).toHaveText('0');
});

test('necessity: settings for a frozen region follow the choice', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await page.keyboard.press('5');
  const settings = page.getByRole('region', { name: 'Freeze a region in your own training' });
  await expect(settings).toContainText('freeze_trainable_layers: 19');
  await settings.getByText('Mid', { exact: true }).click();
  await expect(settings).toContainText('Not possible');
  await expect(settings).toContainText('layers\\.(9|10|11|12|13|14|15|16|17)\\.');
});

test('perception: a few puzzles by image and by text', async ({ page }) => {
  await openDemo(page, 'perception');
  const main = page.getByRole('main');
  await set(main, 'Samples of each set', 1);
  await set(main, 'New tokens', 4);
  await main.getByRole('button', { name: 'Ask', exact: true }).click();
  const found = main.getByRole('region', { name: 'What was found' });
  await expect(found).toContainText('RL: ', { timeout: 150_000 });
  await expect(found).toContainText('by image');
  await expect(main.getByText(/\d+ answers, all of them kept/).first()).toBeVisible({ timeout: 120_000 });
});

test('transfer: the samples behind a share, and the published table beside ours', async ({ page }) => {
  await openDemo(page, 'transfer');
  const main = page.getByRole('main');
  await set(main, 'Samples of each set', 2);
  await set(main, 'New tokens', 24);
  await main.getByRole('button', { name: 'Evaluate', exact: true }).click();
  const chart = main.getByRole('figure', { name: 'Merges on the three metrics' });
  await expect(chart.getByText(/\d+ answers, all of them kept$/).first()).toBeVisible(ANSWERED);

  const { merging } = JSON.parse(readFileSync(PAPERS, 'utf8')) as {
    merging: {
      variants: string[];
      recipes: Record<string, Record<string, number[]>>;
    };
  };
  await main.getByLabel('Published values').check();
  const recipe = await main.getByRole('combobox', { name: /^Recipe/ }).inputValue();
  const table = await tableOf(chart);
  const published = (table[0] ?? []).findIndex((cell) => cell.startsWith('published'));
  expect(published, (table[0] ?? []).join()).toBeGreaterThan(0);
  for (const [at, variant] of merging.variants.entries())
    for (const metric of ['M_vis', 'M_v2r', 'M_rea']) {
      const row = table.find(([name, column]) => name === variant && column?.startsWith(metric));
      expect(Number(row?.[published]), `${variant} ${metric}`).toBeCloseTo(
        100 * (merging.recipes[recipe]?.[metric]?.[at] ?? NaN),
        1,
      );
    }

  await pickFirst(page, chart);
  const samples = main.getByRole('region', { name: 'Samples' });
  const heading = samples.getByRole('heading');
  await expect(heading).toHaveText(/^(\w+), M_\w+: [012] of 2 count$/);
  const hits = Number(/(\d) of 2/.exec((await heading.textContent()) ?? '')?.[1]);
  await expect(samples.getByRole('row')).toHaveCount(1 + 2);
  await expect(samples.getByRole('cell', { name: 'yes', exact: true })).toHaveCount(hits);
});
