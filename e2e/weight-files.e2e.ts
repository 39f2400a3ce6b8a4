import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weightFolderPath } from '../src/engine/testing/weight-folders.ts';
import type { FroNormFile } from '../src/spectra/results/fro-norm.ts';
import { AppPage } from './app.ts';
import { editHeader, temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { updatedFamily, type UpdatedFamily } from './fixtures/updated-family.ts';
import { expect, test } from './page.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const SHARD = 'model-00001-of-00001.safetensors';
const TAKEN = `${SINGLE}: taken for the model's weights, as transformers does; not used: ${SHARD}, ${INDEX}; if the shards are newer, move ${SINGLE} out of the folder`;
const HEAD = 'lm_head.weight';

let folder: ReturnType<typeof temporaryFolder>;
let family: UpdatedFamily;

/** IN as it was saved anew over Base, whose shard and index are still there; RL with its head left out. */
test.beforeAll(() => {
  folder = temporaryFolder();
  process.env.FRANKENSCOPE_CACHE = join(folder.path, 'cache');
  family = updatedFamily(folder.path);
  const names = Object.keys(headerOf(join(family.in, SINGLE))).filter((name) => name !== '__metadata__');
  writeFileSync(join(family.in, SHARD), readFileSync(join(family.base, SINGLE)));
  const weightMap = Object.fromEntries(names.map((name) => [name, SHARD]));
  writeFileSync(join(family.in, INDEX), JSON.stringify({ metadata: {}, weight_map: weightMap }));
  editHeader(join(family.rl, SINGLE), (text) => text.replace(`"${HEAD}"`, '"v_head.summary.weight"'));
  const config = join(family.rl, 'config.json');
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replaceAll('"tie_word_embeddings": false', '"tie_word_embeddings": true'),
  );
});
test.afterAll(() => {
  delete process.env.FRANKENSCOPE_CACHE;
  folder.dispose();
});

function headerOf(file: string): Record<string, unknown> {
  const bytes = readFileSync(file);
  return JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0)))) as Record<
    string,
    unknown
  >;
}

test('a new model.safetensors beside the old shards is what energy compares, and command and page say so', async ({
  page,
}) => {
  const said = await headless(['energy', '--base', family.base, '--in', family.in, '--out', '-']);
  expect(said.code).toBe(0);
  expect(said.stderr).toContain(`small-sft: ${TAKEN}`);
  const file = JSON.parse(said.stdout) as FroNormFile;
  expect(file.layers.every(({ sft }) => (sft?.relative_norm ?? 0) > 0)).toBe(true);
  expect(file.frankenscope?.provenance).toMatchObject({
    checkpoints: { in: { weightFiles: [SINGLE], notices: [TAKEN] } },
  });

  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', family.base);
  await app.choose('IN', family.in);
  await expect(app.slot('IN')).toContainText(TAKEN);
  await page
    .getByRole('button', { name: 'Characterize' })
    .or(page.getByRole('link', { name: 'Characterize' }))
    .click();
  await page.getByRole('button', { name: 'Measure energy' }).click();
  const words = page.getByRole('region', { name: 'What was found' });
  await expect(words).toContainText(`IN: ${TAKEN}`);
  await expect(words).toContainText('IN − Base changes every weight that was compared');
});

test('what two checkpoints do not share is the headline of page, command and result', async ({ page }) => {
  const said = await headless(['energy', '--base', family.base, '--rl', family.rl, '--out', '-']);
  expect(said.code).toBe(0);
  expect(said.stderr).toContain(`2 tensors are not in every checkpoint in one shape, and not compared: `);
  expect(said.stderr).toContain(`${HEAD} (not in rl)`);
  const file = JSON.parse(said.stdout) as FroNormFile;
  expect(file.frankenscope?.unshared).toContainEqual({ name: HEAD, kind: 'missing', what: 'not in rl' });

  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', family.base);
  await app.choose('RL', family.rl);
  await page
    .getByRole('button', { name: 'Characterize' })
    .or(page.getByRole('link', { name: 'Characterize' }))
    .click();
  await page.getByRole('button', { name: 'Measure energy' }).click();
  const words = page.getByRole('region', { name: 'What was found' });
  await expect(words).toContainText('2 tensors are not in every checkpoint in one shape, and not compared: ');
  await expect(words).toContainText(`${HEAD} (not in rl)`);
});

test('a merge says which files its donors were read from, on stderr and in its card', async () => {
  const out = join(folder.path, 'merged');
  const donors = ['--in', family.in, '--base', family.base];
  const said = await headless(['merge', '--blocks', 'IN:IN:Base', ...donors, '--out', out]);
  expect(said.code).toBe(0);
  expect(said.stderr.split(TAKEN)).toHaveLength(2);
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain(TAKEN);
});

test('a folder quantized in a way that is not read is no donor, no part of an energy, and no model', async () => {
  const quantized = fileURLToPath(weightFolderPath('quantized, mlx'));
  const plain = fileURLToPath(weightFolderPath('metadata null'));
  const tries = [
    ['info', '--model', quantized],
    ['energy', '--in', plain, '--rl', quantized, '--out', '-'],
    ['diversity', '--in', plain, '--rl', quantized, '--out', '-'],
    ['merge', '--blocks', 'IN:RL', '--in', plain, '--rl', quantized, '--out', join(folder.path, 'none')],
  ];
  for (const words of tries) {
    const { code, stdout, stderr } = await headless([...words, '--quiet']);
    expect(stderr).toMatch(/^QuantizedWeights: the weights are quantized \(mlx, 4 bits\)/);
    expect([code, stdout]).toEqual([2, '']);
  }
});
