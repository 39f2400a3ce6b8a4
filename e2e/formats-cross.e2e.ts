/** Every stored format with what is asked of plain checkpoints: by command, in one browser page a format (`FORMATS=all`). */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { storedModels } from '../src/engine/testing/stored-models.ts';
import type { FroNormFile } from '../src/spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../src/spectra/results/layerwise-svd.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenText } from './fixtures/goldens.ts';
import { HeadlessSession } from './fixtures/headless-session.ts';
import { writeQuestions } from './fixtures/questions.ts';
import { filesBelow, json, lines } from './fixtures/results.ts';
import { type Tensor, tensorsOf } from './fixtures/safetensors.ts';
import { type StoredFolder, storedFolders } from './fixtures/stored-folders.ts';
import { expect, test } from './page.ts';

test.skip(process.env['FORMATS'] !== 'all', 'minutes: FORMATS=all');

const WASM = ['--device', 'wasm', '--dtype', 'f32'] as const;
/** As far as all are clear of a tie. */
const TOKENS = 12;
const CUT = ['--max-new-tokens', String(TOKENS)] as const;

interface Generated {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly frankenscope: { readonly stored?: { readonly asStored: number; readonly decoded: number } };
}
interface Logits {
  readonly logits: readonly number[];
}

interface Swapped {
  readonly layer: number;
  readonly original_answer: string;
}

/** Of numbers near 1; layers add up some of it. */
const STEPS: Readonly<Record<string, number>> = { BF16: 2 ** -8, F16: 2 ** -11, F32: 2 ** -16 };
/** With layer 0 swapped, its second token is 0.4 % of the largest logit from a tie: bfloat16 rounds away more. */
const NEAR_TIE = 'compressed-tensors';

const folder = temporaryFolder();
let models: readonly StoredFolder[];
let pairs: string;
test.beforeAll(async () => {
  models = await storedFolders(folder.path);
  ({ pairs } = writeQuestions(join(folder.path, 'questions'), 'What is in the picture?'));
});
test.afterAll(() => folder.dispose());

/** One question as a list. */
function listOf({ name, prompt, image }: StoredFolder): string {
  const list = join(folder.path, `${name}-list`);
  mkdirSync(list);
  if (image !== null) copyFileSync(image, join(list, basename(image)));
  const picture = image === null ? {} : { image: basename(image) };
  writeFileSync(
    join(list, 'q.jsonl'),
    JSON.stringify({ id: '1', question: prompt, answer: '1', ...picture }),
  );
  return list;
}

/** A recipe that begins with all of IN. */
function recipeOf(name: string, edit: object): string {
  const file = join(folder.path, `${name}.json`);
  const edits = [{ layers: { first: 1, last: 1 }, part: 'mlp', ...edit }];
  writeFileSync(file, JSON.stringify({ format: 'frankenscope-recipe', version: 1, blocks: 'IN', edits }));
  return file;
}

const weightsOf = (checkpoint: string): Map<string, Tensor> =>
  tensorsOf(readFileSync(join(checkpoint, 'model.safetensors')));
const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));
/** The largest difference, of the largest value. */
const differenceOf = (actual: readonly number[], expected: readonly number[]): number =>
  Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN)))) /
  Math.max(...expected.map(Math.abs));
const isText = (text: string, tokens: readonly number[]): void =>
  expect(text.trim()).toBe(goldenText({ tokens }).trim());

for (const { name } of await storedModels())
  test(name, async ({ page }) => {
    const model = models.find((one) => one.name === name) as StoredFolder;
    const { adapter, plain, folder: place, prompt, image } = model;
    const tokens = model.tokens.slice(0, TOKENS);
    const session = new HeadlessSession(page, folder.path);
    const given = adapter && plain !== null ? ['--model', plain, '--lora', place] : ['--model', place];
    const asked = ['--prompt', prompt, ...(image === null ? [] : ['--image', image]), ...WASM];
    const logitsOf = async (words: readonly string[]): Promise<readonly number[]> =>
      (await session.run<Logits>('logits', ...words, ...asked)).logits;

    let logits: readonly number[] = [];
    let ablated: readonly number[] = [];
    await test.step('logits', async () => {
      logits = await logitsOf(given);
      expect(largest(logits)).toBe(tokens[0]);
      ablated = await logitsOf([...given, '--ablate', '0']);
      expect(ablated).not.toEqual(logits);
    });

    await test.step('ablate', async () => {
      const words = [...given, '--problems', listOf(model), '--layers', '0', ...CUT, ...WASM];
      const out = await session.write(`${name}-ablate`, 'ablate', ...words);
      const said = (experiment: string): string => {
        const [file = ''] = filesBelow(join(out, experiment));
        return lines<{ full_response: string }>(out, experiment, file)[0]?.full_response ?? '';
      };
      isText(said('baseline'), tokens);
      expect(
        said('layer_0')
          .trim()
          .startsWith(goldenText({ tokens: [largest(ablated)] }).trim()),
      ).toBe(true);
    });

    const donor = adapter && plain !== null ? ['--in', plain, '--rl', place] : ['--in', place];
    let merged = '';
    await test.step('merge', async () => {
      merged = await session.write(`${name}-merged`, 'merge', ...donor, '--blocks', adapter ? 'RL' : 'IN');
      const step = Math.max(...[...weightsOf(merged).values()].map(({ dtype }) => STEPS[dtype] ?? NaN));
      const plainly = ['--model', merged];
      expect(differenceOf(await logitsOf(plainly), logits)).toBeLessThan(8 * step);
      expect(differenceOf(await logitsOf([...plainly, '--ablate', '0']), ablated)).toBeLessThan(8 * step);
      const answer = await session.run<Generated>('generate', ...plainly, ...asked, ...CUT);
      expect(answer.tokens).toEqual(tokens);
    });

    await test.step('swap', async () => {
      const swapped = async (words: readonly string[], out: string): Promise<readonly Swapped[]> => {
        const more = ['--pairs', pairs, '--layers', '0', ...CUT, ...WASM];
        const written = await session.write(`${name}-${out}`, 'swap', ...words, ...more);
        return lines<Swapped>(written, 'layer_swap_results.jsonl');
      };
      const results = await swapped(given, 'swap');
      expect(results.map(({ layer }) => layer)).toEqual([0]);
      if (image !== null) isText(results[0]?.original_answer ?? '', tokens);
      // What is swapped in a plain checkpoint is what transformers swaps.
      const twin = await swapped(['--model', merged], 'plain-swap');
      if (name !== NEAR_TIE) expect(results).toEqual(twin);
      else expect(results[0]?.original_answer).toBe(twin[0]?.original_answer);
    });

    await test.step('diversity', async () => {
      const words = ['--in', plain ?? merged, '--rl', place];
      const spectra = await session.run<LayerwiseSvdFile>('diversity', ...words, '--topk', '1000');
      const { layers } = await session.run<FroNormFile>('energy', ...words);
      const norms = new Map(layers.map(({ param_name, rl }) => [param_name, rl?.fro_norm ?? NaN]));
      expect(spectra.layers.length).toBeGreaterThan(0);
      for (const { param_name, rl } of spectra.layers) {
        const norm = Math.sqrt((rl?.singular_values ?? [NaN]).reduce((sum, value) => sum + value ** 2, 0));
        const expected = norms.get(param_name) ?? NaN;
        expect(Math.abs(norm - expected), param_name).toBeLessThanOrEqual(1e-4 * expected);
      }
    });

    await test.step('stitch', async () => {
      const noise = recipeOf(`${name}-noise`, { kind: 'noise', ratio: 0.5, seed: 1 });
      const other = await session.write(`${name}-other`, 'merge', '--in', merged, '--recipe', noise);
      const recipe = recipeOf(`${name}-stitch`, { kind: 'replace', donor: adapter ? 'Base' : 'RL' });
      const words = adapter
        ? ['--in', plain ?? '', '--rl', place, '--base', other]
        : ['--in', place, '--rl', other];
      const stitched = await session.write(`${name}-stitched`, 'merge', ...words, '--recipe', recipe);
      const [made, own, taken] = [stitched, adapter ? (plain ?? '') : merged, other].map(weightsOf);
      let changed = 0;
      for (const [tensor, { bytes }] of made ?? []) {
        const isTaken = /layers\.0\.mlp\./.test(tensor);
        const source = (isTaken ? taken : own)?.get(tensor);
        expect(source && bytes.equals(source.bytes), tensor).toBe(true);
        if (isTaken && !own?.get(tensor)?.bytes.equals(bytes)) changed++;
      }
      expect(changed).toBe(3);
      const answer = await session.run<Generated>('generate', '--model', stitched, ...asked, ...CUT);
      expect(answer.tokens.length).toBeGreaterThan(0);
      expect(json<{ donors: object }>(stitched, 'frankenscope-recipe.json').donors).toHaveProperty('IN');
    });
    await session.close();
  });

test('an export of 4 bits, loaded in 4 bits, answers as in float32, and says what was as stored', async ({
  page,
}) => {
  const session = new HeadlessSession(page, folder.path);
  const {
    folder: place,
    prompt,
    image,
    tokens,
  } = models.find(({ name }) => name === 'onnx-q4f16') as StoredFolder;
  const asked = ['--model', place, '--prompt', prompt, '--image', image ?? '', '--device', 'wasm', ...CUT];
  const [whole, packed] = [
    await session.run<Generated>('generate', ...asked, '--dtype', 'f32'),
    await session.run<Generated>('generate', ...asked, '--dtype', 'q4'),
  ];
  expect(packed.tokens).toEqual(whole.tokens);
  expect(packed.tokens).toEqual(tokens.slice(0, TOKENS));
  // The seven projections of its layer and the head; the vision tower is of 8 bits.
  expect(packed.frankenscope.stored).toEqual({ asStored: 8, decoded: 8 });
  await session.close();
});
