/** A Qwen3-VL's Base, IN and RL, DeepStack mergers and all: through every command, and on the page. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../scripts/paths.mjs';
import type { FroNormFile } from '../src/spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../src/spectra/results/layerwise-svd.ts';
import type { SubspaceOverlapFile } from '../src/spectra/results/subspace-overlap-file.ts';
import { AppPage } from './app.ts';
import { choose, openSettings, pick, set, tableOf } from './demo-page.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import {
  expectAnswer,
  goldenImage,
  goldenProbes,
  goldenTensor,
  withoutLayer,
  type GoldenAnswer,
} from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { ANSWER, folderTensors, IN, QUESTION, qwen3Triple, type Triple } from './fixtures/qwen3-triple.ts';
import { json, lines, read, writtenFiles } from './fixtures/results.ts';
import { bfloat16Values, tensorsOf } from './fixtures/safetensors.ts';
import { byPage, expectSameFiles, measured } from './page-results.ts';
import { expect, test } from './page.ts';

test.setTimeout(900_000);

const LAYERS = 4;
const PROBES = goldenProbes('probes-qwen3');
const DEEPSTACK = /deepstack_merger_list/;

const folder = temporaryFolder();
let triple: Triple;
const cache = process.env['FRANKENSCOPE_CACHE'];
test.beforeAll(() => {
  process.env['FRANKENSCOPE_CACHE'] = join(folder.path, 'cache');
  triple = qwen3Triple(folder.path);
});
test.afterAll(() => {
  if (cache === undefined) delete process.env['FRANKENSCOPE_CACHE'];
  else process.env['FRANKENSCOPE_CACHE'] = cache;
  folder.dispose();
});

/** Runs a command into `name` of the temporary folder, where it was not run before; returns its path. */
async function ran(name: string, words: readonly string[]): Promise<string> {
  const out = join(folder.path, name);
  if (existsSync(out)) return out;
  const { code, stderr } = await headless([...words, '--device', 'wasm', '--quiet', '--out', out]);
  expect(code, stderr).toBe(0);
  return out;
}
const family = (...roles: readonly ('base' | 'in' | 'rl')[]): string[] =>
  roles.flatMap((role) => [`--${role}`, triple[role]]);
const items = (): string[] => ['--items', join(triple.list, 'questions.jsonl')];
/** Of one question, and as many tokens as transformers was asked for. */
const TOKENS = 32;
const ONE = ['--samples', '1', '--max-new-tokens', String(TOKENS)];
/** Weights of the vision tower and of its mergers. */
const LINEARS = 'linear_fc';
/** As many singular values as the smallest of them has. */
const VALUES = 64;

/** What is asked by command and on the page. */
const COMMANDS = {
  swap: () => ran('swap', ['swap', '--model', triple.in, '--pairs', triple.pairs, ...ONE]),
  ablate: () =>
    ran('ablate', [
      ...['ablate', '--model', triple.in, '--problems', join(triple.list, 'questions.jsonl')],
      ...ONE,
    ]),
  // transformers was asked from the prompt's last token to the answer's last but one; the command asks the answer's tokens.
  attention: () =>
    ran('attention_shift.json', [
      ...['attention', ...family('base', 'in', 'rl'), ...items(), '--samples', '1'],
      ...['--max-new-tokens', String(TOKENS - 1)],
    ]),
  lens: () => ran('logit_lens.json', ['lens', ...family('base', 'in', 'rl'), ...items(), ...ONE]),
  patch: () => ran('patching.json', ['patch', ...family('in', 'rl'), ...items(), ...ONE]),
  tokens: () =>
    ran('token_difference.json', [
      ...['tokens', ...family('base', 'in', 'rl'), ...items(), ...ONE],
      ...['--forced-by', 'in'],
    ]),
  energy: () => ran('fro_norm.json', ['energy', ...family('base', 'in', 'rl')]),
  diversity: () =>
    ran('layerwise_svd.json', [
      ...['diversity', ...family('base', 'in', 'rl'), '--weights', LINEARS],
      ...['--topk', String(VALUES)],
    ]),
  overlap: () =>
    ran('subspace_overlap.json', ['overlap', ...family('base', 'in', 'rl'), '--weights', LINEARS]),
};

type Files = ReadonlyMap<string, string>;

/** Swapped answers as transformers gives them, and what is said of the injection. */
function expectSwaps(files: Files, injection = 'kept'): void {
  const found = (files.get('layer_swap_results.jsonl') ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { layer: number; original_answer: string; swapped_answer: string });
  expect(found.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
  for (const { layer, original_answer, swapped_answer } of found) {
    const swapped = ANSWER.interventions.find(
      (one) =>
        one.kind === 'swap' && one.layer === layer && one.mode === 'single' && one.injection === injection,
    );
    expectAnswer(original_answer, ANSWER.greedy);
    expectAnswer(swapped_answer, swapped, `${injection} ${layer}`);
  }
}

/** Answers without a layer as transformers gives them. @param removed whether what is injected after it goes with it */
function expectAblations(files: Files, removed = false): void {
  for (const layer of [-1, 0, 1, 2, 3]) {
    const name = layer < 0 ? 'baseline' : `layer_${layer}`;
    const [text] = [...files].flatMap(([file, contents]) => (file.startsWith(`${name}/`) ? [contents] : []));
    const { full_response } = JSON.parse(text ?? '{}') as { full_response?: string };
    const without = removed ? PROBES.ablatedWithInjection[layer] : withoutLayer(ANSWER, layer);
    expectAnswer(full_response, layer < 0 ? ANSWER.greedy : without, name);
  }
}

test('what it answers, under each intervention, is what transformers answers', async () => {
  await test.step('info', async () => {
    const info = json<object>(await ran('info.json', ['info', '--model', triple.in]));
    const sizes = { modelType: 'qwen3_vl', layers: LAYERS, visionBlocks: 4, ignored: [] };
    expect(info).toMatchObject(sizes);
  });

  const asked = ['--prompt', QUESTION, '--image', goldenImage('square'), '--max-new-tokens', '32'];
  await test.step('generate', async () => {
    const out = await ran('answer.json', ['generate', '--model', triple.in, ...asked]);
    expect(json<GoldenAnswer>(out).tokens).toEqual(ANSWER.greedy.tokens);
  });

  await test.step('swap', async () => expectSwaps(writtenFiles(await COMMANDS.swap())));

  await test.step('ablate', async () => expectAblations(writtenFiles(await COMMANDS.ablate())));

  await test.step('attention', async () => {
    const { layers } = json<{ layers: { in: { mass: number } }[] }>(await COMMANDS.attention());
    // [layers, heads, queries]
    const golden = goldenTensor(IN, 'square.attention.mass');
    layers.forEach(({ in: { mass } }, layer) => {
      const own = Array.from(golden.slice(layer * 4 * 32, (layer + 1) * 4 * 32)).filter(
        (_, at) => at % 32 > 0,
      );
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(mass / mean, `layer ${layer}`).toBeCloseTo(1, 4);
    });
  });

  await test.step('lens', async () => {
    const { samples } = json<{ samples: LensSample[] }>(await COMMANDS.lens());
    expect(samples.map(({ model }) => model)).toEqual(['Base', 'IN', 'RL']);
    expectAnswer(samples[1]?.full_response, ANSWER.greedy);
    for (const { depths } of samples) {
      expect(depths).toHaveLength(1 + LAYERS);
      // After the last layer it is the answer itself.
      expect(depths.at(-1)?.rank).toBe(1);
    }
  });

  await test.step('patch', async () => {
    const { answers } = json<{ answers: { run: string | number; full_response: string }[] }>(
      await COMMANDS.patch(),
    );
    expect(answers).toHaveLength(2 + LAYERS + 1);
    const said = (at: string | number) => answers.find(({ run }) => run === at)?.full_response;
    expectAnswer(said('recipient'), ANSWER.greedy);
    PROBES.patched.forEach((patched, depth) => expectAnswer(said(depth), patched, `depth ${depth}`));
  });

  await test.step('tokens', async () => {
    const [item] = json<{ items: { tokens: TokenScores[] }[] }>(await COMMANDS.tokens()).items;
    expect(item?.tokens.map(({ id }) => id)).toEqual(ANSWER.greedy.tokens);
    for (const { rank, klRlIn } of item?.tokens ?? []) {
      expect(rank.in).toBe(0);
      expect(klRlIn).toBeGreaterThan(0);
    }
  });
});
interface LensSample {
  readonly model: string;
  readonly full_response: string;
  readonly depths: readonly { readonly rank: number }[];
}
interface TokenScores {
  readonly id: number;
  readonly rank: Readonly<Record<string, number>>;
  readonly klRlIn: number;
}

/** ‖to − from‖_F and ‖from‖_F of a tensor, summed in float64. */
function norms(name: string, from: string, to: string): readonly [delta: number, weights: number] {
  const values = [from, to].map((path) => {
    const tensor = folderTensors(path).get(name);
    if (!tensor) throw new Error(`${path} has no ${name}`);
    return bfloat16Values(tensor);
  });
  const [a, b] = values as [Float32Array, Float32Array];
  const norm = (value: (index: number) => number): number =>
    Math.sqrt(a.reduce((sum, _, index) => sum + value(index) ** 2, 0));
  return [norm((at) => (b[at] ?? NaN) - (a[at] ?? NaN)), norm((at) => a[at] ?? NaN)];
}

test('energy, diversity and overlap are those of the files, DeepStack mergers apart in the projector', async () => {
  const { layers, frankenscope } = json<FroNormFile>(await COMMANDS.energy());
  const mergers = layers.filter(({ param_name }) => DEEPSTACK.test(param_name));
  expect(mergers.map(({ layer_idx, section }) => `${layer_idx} ${section}`)).toEqual(
    Array(6).fill('0 Projector'),
  );
  const stored = (name: string): string => `model.${name.replace(/^model\./, 'language_model.')}`;
  for (const { param_name, sft, rl } of layers) {
    const [first] = norms(stored(param_name), triple.base, triple.in);
    const [second, weights] = norms(stored(param_name), triple.in, triple.rl);
    expect((sft?.fro_norm ?? 0) / first, param_name).toBeCloseTo(1, 6);
    expect((rl?.fro_norm ?? 0) / second, param_name).toBeCloseTo(1, 6);
    expect((rl?.relative_norm ?? 0) / (second / weights), param_name).toBeCloseTo(1, 6);
  }
  const joint = Math.sqrt(
    mergers.reduce(
      (sum, { param_name, rl }) => sum + (/fc1/.test(param_name) ? (rl?.fro_norm ?? 0) ** 2 : 0),
      0,
    ),
  );
  const projections = frankenscope?.projections ?? {};
  expect(projections['visual deepstack_merger.linear_fc1']?.fro_norm['rl']).toBeCloseTo(joint, 6);
  for (const name of ['visual linear_fc1', 'visual merger.linear_fc1', 'q_proj'])
    expect(Object.keys(projections)).toContain(name);

  const spectra = json<LayerwiseSvdFile>(await COMMANDS.diversity());
  expect(spectra.layers).toHaveLength(2 * (4 + 1 + 3));
  for (const { param_name, sft, rl } of spectra.layers) {
    const energy = layers.find((one) => one.param_name === param_name);
    const root = (values: readonly number[] = []): number => Math.hypot(...values);
    expect(root(sft?.singular_values) / (energy?.sft?.fro_norm ?? 0), param_name).toBeCloseTo(1, 6);
    expect(root(rl?.singular_values) / (energy?.rl?.fro_norm ?? 0), param_name).toBeCloseTo(1, 6);
  }

  const overlap = json<SubspaceOverlapFile>(await COMMANDS.overlap());
  expect(overlap.layers.map(({ param_name }) => param_name)).toEqual(
    spectra.layers.map(({ param_name }) => param_name),
  );
  for (const { output, input } of overlap.layers)
    for (const side of [output, input]) {
      expect(side?.overlap).toBeGreaterThan(0);
      expect(side?.overlap).toBeLessThanOrEqual(1 + 1e-9);
    }
});

test('a merge takes DeepStack mergers with the projector, answers as transformers does, and is evaluated', async () => {
  const { exports } = json<{ exports: Record<string, Exported> }>(
    ...[ROOT, 'tools', 'goldens', 'data', 'expected', 'merge-export-qwen3.json'],
  );
  const { recipe, answers } = exports['projector'] as Exported;
  const file = join(folder.path, 'recipe.json');
  writeFileSync(file, JSON.stringify(recipe));
  const words = ['merge', '--recipe', file, ...family('in', 'rl'), '--shard-bytes', '100000'];
  const merged = await ran('merged', words);
  const [sft, rl, made] = [triple.in, triple.rl, merged].map(folderTensors);
  expect([...(made?.keys() ?? [])].toSorted()).toEqual([...(sft?.keys() ?? [])].toSorted());
  for (const [name, { bytes }] of made ?? []) {
    const layer = Number(/language_model\.layers\.(\d+)/.exec(name)?.[1] ?? 0);
    const donor = layer >= 2 || /visual\.(merger|deepstack_merger_list)\./.test(name) ? rl : sft;
    expect(donor?.get(name)?.bytes.equals(bytes), name).toBe(true);
  }
  for (const name of ['config.json', 'tokenizer.json', 'preprocessor_config.json', 'chat_template.json'])
    expect(read(merged, name)).toBe(read(triple.in, name));

  await test.step('generate', async () => {
    const asked = ['--prompt', QUESTION, '--image', goldenImage('square'), '--max-new-tokens', '32'];
    const out = await ran('merged-answer.json', ['generate', '--model', merged, ...asked]);
    expect(json<GoldenAnswer>(out).tokens).toEqual(answers.find((one) => one.case === 'square')?.tokens);
  });

  const short = [...items(), '--max-new-tokens', '6'];
  await test.step('transfer: a stitch answers as its export does', async () => {
    const variants = ['--variants', 'IN', 'IN:IN:RL', 'RL'];
    const out = await ran('transfer', ['transfer', ...family('in', 'rl'), ...variants, ...short]);
    const metrics = json<Record<string, object>>(out, 'paper_metrics.json');
    for (const variant of ['IN', 'IN:IN:RL', 'RL'])
      expect(Object.keys(metrics[variant] ?? {})).toEqual(['M_vis', 'M_v2r']);
    const response = (variant: string): string | undefined =>
      lines<{ full_response: string }>(out, variant, 'perception_general_vqa', 'A_image_prompt.jsonl')[0]
        ?.full_response;
    expect(new Set(['IN', 'IN_IN_RL', 'RL'].map(response)).size).toBe(3);
  });

  await test.step('necessity: what the merge leaves untouched', async () => {
    const words = ['necessity', ...family('in', 'rl'), '--frozen', merged, '--cuts', '1,2', ...short];
    const { updates } = json<{ updates: { model: string; untouched: string[] }[] }>(
      ...[await ran('necessity', words), 'frozen_check.json'],
    );
    expect(updates.map(({ untouched }) => untouched)).toEqual([[], ['early', 'middle']]);
  });

  await test.step('disentangle', async () => {
    const gap = ['disentangle', ...family('base', 'in', 'rl'), ...short];
    const out = json<{ models: { model: string; pooled: { all: { image: { n: number } } } }[] }>(
      await ran('gap.json', gap),
    );
    expect(out.models.map(({ model, pooled }) => [model, pooled.all.image.n])).toEqual([
      ['Base', 1],
      ['IN', 1],
      ['RL', 1],
    ]);
  });
});
interface Exported {
  readonly recipe: object;
  readonly answers: readonly (GoldenAnswer & { readonly case: string })[];
}

test('the page: each probe and measure as the command has it, a stitch exported and evaluated', async ({
  page,
}) => {
  await page.addInitScript(() => {
    // Directory dialogs cannot be answered here: the browser's own directory stands in.
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
  const app = new AppPage(page);
  const main = page.getByRole('main');
  await app.start();
  await app.open('Base', triple.base);
  await app.open('IN', triple.in);
  await app.open('RL', triple.rl);
  await page.evaluate(() => (location.hash = '#localize'));
  await main.getByText('More settings').click();
  const INJECTED = 'Injected image features (DeepStack)';
  const probe = async (name: string, tokens = TOKENS): Promise<void> => {
    await choose(main, name);
    await set(main, name === 'Token swap' ? 'Pairs of each task' : 'Samples', 1);
    await set(main, 'Most new tokens', tokens);
  };

  await test.step('token swap, in each mode of injection', async () => {
    await pick(main, 'Pairs', 'a folder');
    await main.locator('input[data-role="folder"]').setInputFiles(triple.pairs);
    await probe('Token swap');
    await pick(main, /^Model/, 'IN');
    const { files } = await byPage(page, 1, 2);
    expectSameFiles(files, writtenFiles(await COMMANDS.swap()));
    await expect(main.getByRole('figure', { name: 'Change rate per layer' })).toContainText('1 sample');
    for (const [injection, option] of [
      ['source', 'of the source'],
      ['removed', 'removed'],
    ] as const) {
      await pick(main, INJECTED, option);
      expectSwaps((await byPage(page, 1, 2)).files, injection);
    }
  });

  await test.step('ablation, what is injected kept and removed', async () => {
    await choose(main, 'Ablation');
    await pick(main, 'Questions', 'a list');
    await main.locator('input[data-role="folder"]').setInputFiles(triple.list);
    await expect(main.getByText('list/questions.jsonl', { exact: true })).toBeVisible();
    await probe('Ablation');
    await pick(main, /^Model/, 'IN');
    const { files } = await byPage(page, 1, 1);
    expectSameFiles(files, writtenFiles(await COMMANDS.ablate()));
    await pick(main, INJECTED, 'removed with their layer');
    expectAblations((await byPage(page, 1, 1)).files, true);
  });

  await test.step('attention, lens, patching, token difference', async () => {
    await choose(main, 'Attention');
    await pick(main, 'Questions', 'list/questions.jsonl');
    await probe('Attention', TOKENS - 1);
    expectSameFiles((await byPage(page, 1, 1)).files, writtenFiles(await COMMANDS.attention()));
    await probe('Logit lens');
    expectSameFiles((await byPage(page, null, 1)).files, writtenFiles(await COMMANDS.lens()));
    await probe('Patching');
    expectSameFiles((await byPage(page, null, 1)).files, writtenFiles(await COMMANDS.patch()));
    await probe('Token difference');
    await pick(main, 'Read the answer of', 'IN');
    expectSameFiles((await byPage(page, 1, 1)).files, writtenFiles(await COMMANDS.tokens()));
  });

  await test.step('energy, diversity, overlap', async () => {
    await page.evaluate(() => (location.hash = '#characterize'));
    const energy = await measured(page, 'Energy', 'fro_norm.json');
    expectSameFiles(energy.files, writtenFiles(await COMMANDS.energy()));
    const rows = await tableOf(main.getByRole('figure', { name: 'Update energy by component' }));
    const names = rows.map(([name]) => name?.trim());
    for (const name of ['linear_fc1', 'merger.linear_fc1', 'deepstack_merger.linear_fc1'])
      expect(names, names.join()).toContain(`visual ${name}`);
    await openSettings(main);
    await main.getByText('More settings').click();
    const filter = async (): Promise<void> => {
      const field = main.getByRole('textbox', { name: 'or name contains' });
      await field.fill(LINEARS);
      await field.blur();
    };
    await pick(main, 'Measure', 'Diversity');
    await filter();
    await set(main, 'Singular values kept', VALUES);
    const diversity = await measured(page, 'Diversity', 'layerwise_svd.json');
    expectSameFiles(diversity.files, writtenFiles(await COMMANDS.diversity()));
    await pick(main, 'Measure', 'Overlap');
    await filter();
    const overlap = await measured(page, 'Overlap', 'subspace_overlap.json');
    expectSameFiles(overlap.files, writtenFiles(await COMMANDS.overlap()));
  });

  await test.step('Transfer: stitched, exported', async () => {
    await page.evaluate(() => (location.hash = '#transfer'));
    const blocks = main.getByRole('textbox', { name: 'Blocks, Early to Late' });
    await blocks.fill('IN:RL:RL');
    await blocks.press('Enter');
    const plan = main.getByRole('table', { name: 'What goes where in the merge' });
    await expect(plan.getByRole('row').filter({ hasText: 'Projector' })).toContainText('24');
    await main.getByRole('button', { name: 'Export folder' }).click();
    await expect(main.getByText(/^\d+ files, .* written to/)).toBeVisible();
    const bytes = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('merge-IN-RL-RL');
      const file = await (await folder.getFileHandle('model.safetensors')).getFile();
      return Array.from(new Uint8Array(await file.arrayBuffer()));
    });
    const made = tensorsOf(Buffer.from(bytes));
    const [sft, rl] = [triple.in, triple.rl].map(folderTensors);
    expect([...made.keys()].toSorted()).toEqual([...(sft?.keys() ?? [])].toSorted());
    for (const [name, tensor] of made) {
      const donor = /language_model\.layers\.[1-3]\./.test(name) ? rl : sft;
      expect(donor?.get(name)?.bytes.equals(tensor.bytes), name).toBe(true);
    }
  });

  await test.step('Transfer: evaluated', async () => {
    await main.locator('input[data-role="folder"]').first().setInputFiles(triple.list);
    await expect(main.getByText('Questions of list')).toBeVisible();
    await set(main, 'New tokens', 4);
    await main.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await expect(main.getByText(/(\d+) answers, all of them kept/).first()).toBeVisible({
      timeout: 120_000,
    });
    const chart = main.getByRole('figure', { name: 'Merges on the three metrics' });
    const rows = await tableOf(chart);
    expect(rows.map(([name]) => name)).toContain('IN:RL:RL');
  });
});
