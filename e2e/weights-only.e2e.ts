import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { FroNormFile } from '../src/spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../src/spectra/results/layerwise-svd.ts';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { expect, test } from './page.ts';

/** What float64 gives of each update, by stored name. */
type Goldens = Readonly<Record<string, Readonly<Record<'sft' | 'rl', { readonly fro_norm: number }>>>>;

const DATA = fileURLToPath(new URL('../tools/goldens/data/weights-only/', import.meta.url));
const at = (name: string): string => join(DATA, name);
const family = (kind: string): string[] =>
  ['base', 'in', 'rl'].flatMap((role) => [`--${role}`, at(`${kind}-${role}`)]);
const ODD = 'audio_adapter.proj.weight';
const UP = 'language_model.model.layers.2.mlp.up_proj.weight';

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
  process.env.FRANKENSCOPE_CACHE = join(folder.path, 'cache');
});
test.afterAll(() => {
  delete process.env.FRANKENSCOPE_CACHE;
  folder.dispose();
});

function norm(kind: string, name: string, update: 'sft' | 'rl'): number {
  const goldens = JSON.parse(readFileSync(at(`${kind}.json`), 'utf8')) as Goldens;
  return goldens[name]?.[update].fro_norm ?? 0;
}

function near(found: number | undefined, wanted: number): void {
  expect(wanted).toBeGreaterThan(0);
  expect((found ?? 0) / wanted).toBeCloseTo(1, 6);
}

test('commands measure and merge an architecture that is not run, and say why it cannot answer', async () => {
  const info = await headless(['info', '--model', at('internvl-in')]);
  expect(info.code).toBe(0);
  expect(JSON.parse(info.stdout)).toMatchObject({
    ...{ modelType: 'internvl', layers: 3, visionBlocks: 2, hiddenSize: 8 },
    weightsOnly: expect.stringContaining('model_type internvl') as unknown,
    ignored: [{ name: ODD, reason: 'no rule places the name' }],
  });

  const energy = await headless(['energy', ...family('internvl')]);
  expect(energy.code).toBe(0);
  expect(energy.stderr).toContain(`1 tensor has a name that no rule places, and counts in no layer: ${ODD}.`);
  const measured = JSON.parse(energy.stdout) as FroNormFile;
  expect(measured.frankenscope?.unplaced).toEqual([ODD]);
  const layer = measured.layers.find(({ param_name }) => param_name === 'model.layers.2.mlp.up_proj.weight');
  expect(layer).toMatchObject({ layer_idx: 3, section: 'LLM Backbone', component: 'MLP' });
  near(layer?.rl?.fro_norm, norm('internvl', UP, 'rl'));
  const odd = measured.layers.find(({ param_name }) => param_name === ODD);
  expect(odd).toMatchObject({ layer_idx: null, section: 'Unplaced' });
  near(odd?.sft?.fro_norm, norm('internvl', ODD, 'sft'));

  const experts = ['diversity', ...family('qwen3_vl_moe'), '--weights', 'experts', '--device', 'wasm'];
  const spectra = await headless(experts);
  expect(spectra.stderr).not.toContain('Error');
  const { layers } = JSON.parse(spectra.stdout) as LayerwiseSvdFile;
  // Three layers of three experts with two matrices each.
  expect(layers.length).toBe(18);
  const third = 'mlp.experts.2.down_proj';
  near(
    layers.find(({ param_name }) => param_name === `model.layers.1.${third}`)?.rl?.fro_norm,
    norm('qwen3_vl_moe', `model.language_model.layers.1.${third}`, 'rl'),
  );

  const out = join(folder.path, 'merged');
  const merge = await headless(['merge', ...family('internvl'), '--blocks', 'IN:RL:RL', '--out', out]);
  expect(merge.code).toBe(0);
  expect(merge.stderr).toContain('it cannot run here');
  expect(readFileSync(join(out, 'config.json'))).toEqual(readFileSync(at('internvl-in/config.json')));
  const again = await headless(['energy', '--base', at('internvl-in'), '--in', out]);
  const update = (JSON.parse(again.stdout) as FroNormFile).layers;
  // RL − IN in the last two layers, nothing elsewhere.
  for (const { param_name, layer_idx, sft } of update) {
    if ((layer_idx ?? 0) > 1) {
      const name = param_name.replace('model.', 'language_model.model.');
      near(sft?.fro_norm, norm('internvl', name, 'rl'));
    } else expect(sft?.fro_norm, param_name).toBe(0);
  }
  rmSync(out, { recursive: true });

  const answer = await headless(['generate', '--model', at('internvl-in'), '--prompt', 'What?']);
  expect(answer.code).toBe(2);
  expect(answer.stderr).toContain('WeightsOnly');
  expect(answer.stderr).toContain('model_type internvl');
});

test('the page measures it, and pages that ask models say why they cannot', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  for (const [label, role] of [
    ['Base', 'base'],
    ['IN', 'in'],
    ['RL', 'rl'],
  ] as const)
    await app.choose(label, at(`internvl-${role}`));
  const slot = page.getByRole('group', { name: 'IN checkpoint' });
  await expect(slot).toContainText('Weights only');
  await expect(slot).toContainText('it cannot run here');
  await expect(slot).toContainText('1 tensor in no known place');
  await expect(page.getByRole('button', { name: /^Load/ })).toHaveCount(0);

  await page.keyboard.press('2');
  await expect(page.getByText(/it cannot run here: .*model_type internvl/).first()).toBeVisible();
  await page.keyboard.press('4');
  await expect(page.getByText(/it cannot run here: .*model_type internvl/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export folder' })).toBeEnabled();
  await expect(page.getByRole('button', { name: 'Run in Try it' })).toBeDisabled();

  await page.keyboard.press('3');
  await page.getByRole('button', { name: 'Measure energy' }).click();
  await expect(page.getByRole('button', { name: 'Energy is measured' })).toBeVisible();
  await expect(page.getByRole('figure', { name: 'Update energy per layer' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText(
    `1 tensor has a name that no rule places, and counts in no layer: ${ODD}.`,
  );
});
