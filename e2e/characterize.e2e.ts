import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { FroNormFile } from '../src/spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../src/spectra/results/layerwise-svd.ts';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { normsOf, slowUpdate, updatedFamily, type UpdatedFamily } from './fixtures/updated-family.ts';
import { expect, test } from './page.ts';

let folder: ReturnType<typeof temporaryFolder>;
let small: UpdatedFamily;
test.beforeAll(() => {
  folder = temporaryFolder();
  small = updatedFamily(folder.path);
  process.env.FRANKENSCOPE_CACHE = join(folder.path, 'cache');
});
test.afterAll(() => {
  delete process.env.FRANKENSCOPE_CACHE;
  folder.dispose();
});

/** Of the SFT update of one matrix of the last layer. */
const TENSOR = 'model.language_model.layers.2.mlp.down_proj.weight';
const CANONICAL = 'model.layers.2.mlp.down_proj.weight';

/** Unified indices of the down projections of a model with four vision blocks and six layers. */
const LAYERS = [-4, -3, -2, -1, 1, 2, 3, 4, 5, 6];
const byNumber = (a: number | null, b: number | null) => (a ?? 0) - (b ?? 0);

function chart(page: Page, title: string | RegExp): Locator {
  return page.getByRole('figure', { name: title });
}

async function toCharacterize(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: 'Characterize' })
    .or(page.getByRole('link', { name: 'Characterize' }))
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('How large, and how varied');
}

async function saved<T>(page: Page, name: string): Promise<T> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: `Save ${name}` }).click();
  return JSON.parse(readFileSync(await (await download).path(), 'utf8')) as T;
}

test('energy of three checkpoints, in charts, words and numbers; it is there again after a reload', async ({
  page,
}) => {
  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', small.base);
  await app.choose('IN', small.in);
  await app.choose('RL', small.rl);
  await toCharacterize(page);
  await expect(page.getByText(/3 checkpoints · \d+ tensors · .* to read/)).toBeVisible();
  await page.getByRole('button', { name: 'Measure energy' }).click();
  const words = page.getByRole('region', { name: 'What was found' });
  await expect(words).toContainText(
    'RL − IN: mean ‖Δ‖/‖W‖ ± standard deviation between layers, Early exactly zero',
  );
  await expect(chart(page, 'Update energy per layer')).toBeVisible();
  await expect(chart(page, 'Update energy by component')).toBeVisible();

  const file = await saved<FroNormFile>(page, 'fro_norm.json');
  expect(file.metadata).toEqual({ base_model: 'small-base', sft_model: 'small-sft', rl_model: 'small-rl' });
  const entry = file.layers.find(({ param_name }) => param_name === CANONICAL);
  const sft = normsOf(small.in, small.base, small.in, TENSOR);
  const rl = normsOf(small.rl, small.in, small.in, TENSOR);
  expect(Math.abs((entry?.sft?.fro_norm ?? 0) / sft.delta - 1)).toBeLessThan(1e-6);
  expect(Math.abs((entry?.rl?.fro_norm ?? 0) / rl.delta - 1)).toBeLessThan(1e-6);
  expect(Math.abs((entry?.rl?.relative_norm ?? 0) * ((rl.weights + 1e-8) / rl.delta) - 1)).toBeLessThan(1e-6);
  expect(entry?.frankenscope?.unchanged.rl).toBeCloseTo(rl.unchanged, 9);
  const frozen = file.layers.filter(({ layer_idx }) => layer_idx !== 3 && layer_idx !== null);
  expect(frozen.every(({ rl }) => rl?.fro_norm === 0)).toBe(true);

  const out = join(folder.path, 'fro_norm.json');
  const flags = ['--base', small.base, '--in', small.in, '--rl', small.rl, '--out', out, '--quiet'];
  expect(await headless(['energy', ...flags])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const shell = JSON.parse(readFileSync(out, 'utf8')) as FroNormFile;
  expect(shell.layers).toEqual(file.layers);
  expect(shell.summary).toEqual(file.summary);

  await page.reload();
  await expect(page.getByRole('banner')).toBeVisible();
  await page.keyboard.press('1');
  await app.choose('Base', small.base);
  await app.choose('IN', small.in);
  await app.choose('RL', small.rl);
  await toCharacterize(page);
  await expect(words).toContainText('Early exactly zero');
  await expect(page.getByRole('button', { name: 'Energy is measured' })).toBeVisible();
});

test('diversity fills, is cancelled, and resumes after a reload where it was', async ({ page }) => {
  const wide = slowUpdate(folder.path, 6);
  const app = new AppPage(page);
  const open = async () => {
    await app.choose('Base', wide.base);
    await app.choose('IN', wide.in);
    await toCharacterize(page);
    await page.getByText('Diversity', { exact: true }).click();
  };
  await app.start();
  await open();
  await expect(page.getByText('10 exact spectra on the CPU')).toBeVisible();
  await page.getByRole('button', { name: 'Measure diversity' }).click();
  await expect(page.getByText(/^[1-9] of 10 tensors so far$/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  const resume = page.getByRole('button', { name: /^Resume: [1-9] of 10 tensors are done$/ });
  await expect(resume).toBeVisible();

  await page.reload();
  await expect(page.getByRole('banner')).toBeVisible();
  await page.keyboard.press('1');
  await open();
  await resume.click();
  await expect(page.getByRole('button', { name: 'Diversity is measured' })).toBeVisible({ timeout: 120_000 });
  await expect(chart(page, /^Spectrum of the update/)).toBeVisible();
  await page.getByText('Surface', { exact: true }).click();
  await expect(chart(page, /as a surface/)).toBeVisible();
  const file = await saved<LayerwiseSvdFile>(page, 'layerwise_svd.json');
  expect(file.metadata).toMatchObject({ weight_filter: 'down_proj', topk: 50, num_llm_layers: 6 });
  expect(file.layers.map(({ layer_idx }) => layer_idx).sort(byNumber)).toEqual(LAYERS);
  for (const { layer_idx, sft } of file.layers) {
    // The vision blocks are the same in both.
    if ((layer_idx ?? 0) < 0) expect(sft?.spectral_norm).toBe(0);
    else expect(sft?.effective_rank).toBeGreaterThan(100);
  }
});

test('what cannot be compared is named in its place', async ({ page }) => {
  const other = slowUpdate(join(folder.path), 1).base;
  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', small.base);
  await app.choose('IN', other);
  await toCharacterize(page);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('NothingToCompare');
  await expect(alert).toContainText('Compare checkpoints of one architecture and size');
  await expect(page.getByRole('button', { name: 'Measure energy' })).toBeDisabled();
});

test('headless diversity stops with 3 at Ctrl+C, and a rerun goes on', async () => {
  const wide = slowUpdate(folder.path, 6);
  const out = join(folder.path, 'layerwise_svd.json');
  const words = ['diversity', '--base', wide.base, '--in', wide.in, '--weights', 'down_proj'];
  const flags = [...words, '--device', 'wasm', '--out', out];
  const stopped = await headless(flags, /computing spectra \d+ %, [2-9] of 10/);
  expect(stopped.stderr).toMatch(/Interrupted: stopped by a signal; run it again\n$/);
  expect(stopped.code).toBe(3);
  expect(() => readFileSync(out)).toThrow();
  const again = await headless(flags);
  expect(again.stderr).toMatch(/^going on: [1-9] of 10 were finished earlier\n/);
  expect(again.code).toBe(0);
  const file = JSON.parse(readFileSync(out, 'utf8')) as LayerwiseSvdFile;
  expect(file.layers.map(({ layer_idx }) => layer_idx).sort(byNumber)).toEqual(LAYERS);
});

test('two checkpoints make an update, one does not', async () => {
  const { code, stderr } = await headless(['energy', '--in', small.in]);
  expect(stderr).toMatch(/^TooFewCheckpoints: /);
  expect(code).toBe(2);
});

test('headless diversity says which directions two updates share, here of recipes that nobody wrote', async () => {
  // Both move from IN towards RL, whose last layer alone differs: one whole, one half of the way.
  const recipe = (name: string, more: object) => {
    const file = join(folder.path, `${name}.json`);
    writeFileSync(file, JSON.stringify({ format: 'frankenscope-recipe', version: 1, ...more }));
    return file;
  };
  const half = { kind: 'interpolate', layers: { first: 3, last: 3 }, donor: 'RL', alpha: 0.5 };
  const stitched = recipe('stitched', { blocks: 'IN:IN:RL' });
  const halfway = recipe('halfway', { blocks: 'IN:IN:IN', edits: [half] });
  const out = join(folder.path, 'overlap.json');
  const words = ['diversity', '--in', small.in, '--rl', small.rl, '--recipe', stitched, halfway];
  const flags = ['--weights', 'down_proj', '--device', 'wasm', '--overlap', '--directions', '4'];
  const asked = [...words, ...flags, '--pair', 'stitched,halfway', '--quiet', '--out', out];
  const { code, stderr } = await headless(asked);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const file = JSON.parse(readFileSync(out, 'utf8')) as LayerwiseSvdFile;
  const overlap = file.frankenscope?.overlap;
  expect(overlap?.deltas.map(({ key, from }) => `${key} − ${from}`)).toEqual([
    'stitched − in',
    'halfway − in',
  ]);
  const last = overlap?.layers.find(({ layer_idx }) => layer_idx === 3);
  expect(last?.k).toBe(4);
  expect(last?.output?.overlap).toBeCloseTo(1, 4);
  expect(last?.input?.principal_angles[3]).toBeLessThan(1e-2);
  // Elsewhere neither moves.
  const still = overlap?.layers.filter(({ layer_idx }) => layer_idx !== 3);
  expect(still?.every(({ k, output }) => k === 0 && output === null)).toBe(true);
  const { stitched: whole, halfway: part } =
    file.layers.find(({ layer_idx }) => layer_idx === 3)?.frankenscope?.deltas ?? {};
  expect((part?.spectral_norm ?? 0) / (whole?.spectral_norm ?? 1)).toBeCloseTo(0.5, 4);
});
