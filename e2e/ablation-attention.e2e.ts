import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWERED, choose, openDemo, pick, pickFirst, saved, set, tableOf } from './demo-page.ts';
import { unzipped } from './fixtures/zip.ts';
import { expect, test } from './page.ts';

const LAYERS = 12;
const PAIRS = join(import.meta.dirname, '../dataset/data/pairs');

interface AblationFile {
  readonly [experiment: string]: {
    readonly ablated_layer: number;
    readonly correct: number;
    readonly total: number;
  };
}

interface AttentionFile {
  readonly layers: readonly {
    readonly layer: number;
    readonly in: { readonly mass: number };
    readonly rl: { readonly mass: number };
  }[];
}

test.setTimeout(900_000);

test('zero ablation fills its charts, shows the samples behind a point, and is saved', async ({ page }) => {
  await openDemo(page, 'localize');
  const main = page.getByRole('main');
  await choose(main, 'Ablation');
  await set(main, 'Samples', 3);
  await expect(main).toContainText(`3 samples · ${3 * (1 + LAYERS)} answers`);
  await main.getByRole('button', { name: 'Run', exact: true }).click();
  const save = main.getByRole('button', { name: 'Save the results of 3 samples' });
  await expect(save).toBeVisible(ANSWERED);

  const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
  expect(download.suggestedFilename()).toBe('ablate.zip');
  const files = unzipped(readFileSync(await download.path()));
  const experiments = ['baseline', ...Array.from({ length: LAYERS }, (_, layer) => `layer_${layer}`)];
  const paths = [...experiments.map((experiment) => `${experiment}/problems.jsonl`), 'all_results.json'];
  expect([...files.keys()]).toEqual(paths);
  for (const path of paths.slice(0, -1)) expect(files.get(path)?.trim().split('\n'), path).toHaveLength(3);
  const contents = JSON.parse(files.get('all_results.json') ?? '') as AblationFile;
  const errors = await tableOf(main.getByRole('figure', { name: 'Error rate per ablated layer' }));
  expect(errors).toHaveLength(1 + LAYERS);
  for (let layer = 0; layer < LAYERS; layer++) {
    const found = contents[`layer_${layer}`];
    expect(found).toMatchObject({ ablated_layer: layer, total: 3 });
    const rate = 100 * (1 - (found?.correct ?? NaN) / 3);
    expect(Number(errors[1 + layer]?.[1])).toBeCloseTo(rate, 1);
  }

  await pickFirst(page, main.getByRole('figure', { name: 'Error rate per ablated layer' }));
  const samples = main.getByRole('region', { name: 'Samples' });
  const wrong = 3 - (contents['layer_0']?.correct ?? NaN);
  await expect(samples.getByRole('heading')).toHaveText(`Without layer 1: ${wrong} of 3 wrong`);
  await expect(samples.getByRole('row')).toHaveCount(1 + 3);
});

test('attention of the models layer by layer, and where on the image a chosen token looks', async ({
  page,
}) => {
  await openDemo(page, 'localize');
  const main = page.getByRole('main');
  await choose(main, 'Attention');
  await set(main, 'Samples', 2);
  await main.getByRole('button', { name: 'Run', exact: true }).click();
  const save = main.getByRole('button', { name: 'Save the results of 2 samples' });
  await expect(save).toBeVisible(ANSWERED);

  const { name, contents } = await saved<AttentionFile>(page, save);
  expect(name).toBe('attention_shift.json');
  expect(contents.layers.map(({ layer }) => layer)).toEqual([...Array(LAYERS).keys()]);
  const table = await tableOf(main.getByRole('figure', { name: 'Attention onto the image' }));
  const header = table[0] ?? [];
  for (const [label, key] of [
    ['IN', 'in'],
    ['RL', 'rl'],
  ] as const) {
    const column = header.findIndex((cell) => cell.startsWith(label));
    expect(column, header.join()).toBeGreaterThan(0);
    for (const { layer, [key]: found } of contents.layers) {
      expect(found.mass).toBeGreaterThan(0);
      expect(Number(table[1 + layer]?.[column])).toBeCloseTo(found.mass, 3);
    }
  }

  const samples = main.getByRole('region', { name: 'Samples' });
  await samples.getByLabel('Question').selectOption({ index: 1 });
  for (const model of ['Base', 'IN', 'RL'])
    await expect(samples.getByRole('img', { name: `${model}: attention` })).toBeVisible(ANSWERED);
  const overlay = samples
    .getByRole('figure')
    .filter({ has: page.getByRole('img', { name: 'IN: attention' }) });
  const first = await overlay.textContent();
  const tokens = samples.getByRole('button');
  await expect(tokens.first()).toHaveAttribute('aria-pressed', 'true');
  await tokens.nth(1).click();
  await expect(tokens.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(overlay).not.toHaveText(first ?? '');
});

test('pairs from a folder, and a pair of one\u2019s own images', async ({ page }) => {
  await openDemo(page, 'localize');
  const main = page.getByRole('main');
  const chart = main.getByRole('figure', { name: 'Change rate per layer' });
  const run = main.getByRole('button', { name: 'Run', exact: true });

  await pick(main, 'Pairs', 'a folder');
  await main.locator('input[data-role="folder"]').setInputFiles(PAIRS);
  for (const task of ['OCR', 'Grounding', 'Recognition'])
    await main.getByLabel(task, { exact: true }).uncheck();
  await set(main, 'Pairs of each task', 2);
  await expect(main).toContainText(`2 samples · ${2 * (1 + LAYERS)} answers`);
  await run.click();
  await expect(chart).toContainText('2 samples', ANSWERED);
  const brought = await tableOf(chart);
  await pick(main, 'Pairs', 'demo pairs');
  await expect(run).toBeDisabled();
  await expect(main.getByRole('button', { name: 'Save the results of 2 samples' })).toBeVisible(ANSWERED);
  // The same pairs, brought along or carried by the app.
  await chart.getByRole('button', { name: 'Table' }).click();
  expect(await tableOf(chart)).toEqual(brought);

  await pick(main, 'Pairs', 'your own pair');
  const [line = ''] = readFileSync(join(PAIRS, 'counting', 'data.jsonl'), 'utf8').split('\n');
  const pair = JSON.parse(line) as { target_image: string; source_image: string; prompt: string };
  await main.getByLabel('Image asked about').setInputFiles(join(PAIRS, 'counting', pair.target_image));
  await main.getByLabel('Image swapped in').setInputFiles(join(PAIRS, 'counting', pair.source_image));
  const make = main.getByRole('button', { name: 'Make the pair' });
  await expect(make).toBeDisabled();
  await main.getByRole('textbox', { name: 'Question' }).fill(pair.prompt);
  await make.click();
  await run.click();
  await expect(main.getByRole('button', { name: 'Save the results of 1 sample' })).toBeVisible(ANSWERED);
  await pickFirst(page, chart);
  const samples = main.getByRole('region', { name: 'Samples' });
  await expect(samples).toContainText(pair.prompt);
  await expect(samples.getByRole('img', { name: 'image swapped in' })).toBeVisible();

  // A later visit has the numbers, and says of the samples that their pictures were not kept.
  const address = page.url();
  const drawn = await tableOf(chart);
  await page.goto('about:blank');
  await page.goto(address);
  await expect(chart).toContainText('1 sample', ANSWERED);
  expect(await tableOf(chart)).toEqual(drawn);
  await pickFirst(page, chart);
  await expect(samples).toContainText(pair.prompt);
  await expect(samples.getByText('The picture is not kept').first()).toBeVisible();
});
