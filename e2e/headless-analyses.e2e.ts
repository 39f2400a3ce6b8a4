import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DIST, ROOT } from '../scripts/paths.mjs';
import type { SwapRecord } from '../src/probes/swap/sweep.ts';
import type { StudyResult } from '../src/study/study-result.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { plain } from './fixtures/pdf-text.ts';
import { headless } from './fixtures/headless.ts';
import { filesBelow, json, lines, read, withoutRun } from './fixtures/results.ts';
import { bfloat16Values, tensorsOf } from './fixtures/safetensors.ts';
import { expect, test } from './page.ts';

/** The analyses by command, on the family that travels with the app: what the files hold, counted again from what lies beside. */

const SETS = join(ROOT, 'dataset', 'data');
const LAYERS = 12;
const WASM = ['--device', 'wasm', '--dtype', 'f32', '--quiet'];

const folder = temporaryFolder();
const cache = process.env['FRANKENSCOPE_CACHE'];
test.beforeAll(() => {
  process.env['FRANKENSCOPE_CACHE'] = join(folder.path, 'cache');
});
test.afterAll(() => {
  if (cache === undefined) delete process.env['FRANKENSCOPE_CACHE'];
  else process.env['FRANKENSCOPE_CACHE'] = cache;
  folder.dispose();
});

/** Runs a command into `name` of the temporary folder; returns its path. */
async function ran(name: string, words: readonly string[]): Promise<string> {
  const out = join(folder.path, name);
  const { code, stderr } = await headless([...words, '--out', out]);
  expect(code, stderr).toBe(0);
  return out;
}

interface SwapLine {
  readonly task: string;
  readonly sample_id: string;
  readonly layer: number;
  readonly original_answer: string;
  readonly swapped_answer: string;
  readonly answer_changed: boolean;
}
interface SwapSummary {
  readonly tasks: readonly string[];
  readonly layers: readonly number[];
  readonly num_samples: number;
  readonly change_rates: Record<string, Record<string, number>>;
}

test('swap: rates are those of the lines; another run, packed otherwise and over two engines, gives the same to the byte', async () => {
  const words = ['swap', '--model', 'demo:in', '--pairs', join(SETS, 'pairs'), ...WASM];
  const few = ['--tasks', 'ocr', 'counting', '--samples', '4', '--max-new-tokens', '8'];
  const out = await ran('swap', [...words, ...few, '--lanes', '1']);
  const summary = json<SwapSummary>(out, 'layer_swap_summary.json');
  const results = lines<SwapLine>(out, 'layer_swap_results.jsonl');
  expect(summary).toMatchObject({
    tasks: ['ocr', 'counting'],
    layers: Array.from({ length: LAYERS }, (_, layer) => layer),
    num_samples: 4,
  });
  expect(results).toHaveLength(2 * 4 * LAYERS);
  for (const task of summary.tasks)
    for (const layer of summary.layers) {
      const here = results.filter((line) => line.task === task && line.layer === layer);
      const changed = here.filter(({ answer_changed }) => answer_changed).length;
      expect(summary.change_rates[task]?.[String(layer)]).toBe(changed / here.length);
      for (const line of here.filter(({ task }) => task === 'ocr'))
        expect(line.answer_changed).toBe(line.original_answer !== line.swapped_answer);
    }
  const again = await ran('swap-again', [...words, ...few, '--rows', '26', '--lanes', '2', '--restart']);
  for (const file of ['layer_swap_results.jsonl', 'layer_swap_summary.json'])
    expect(withoutRun(read(again, file))).toBe(withoutRun(read(out, file)));
});

interface Ablated {
  readonly experiment: string;
  readonly ablated_layer: number;
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
}

test('ablate: accuracies are those of the records, and a layer without effect would be seen', async () => {
  const problems = join(SETS, 'items', 'problems.jsonl');
  const out = await ran('ablate', [
    ...['ablate', '--model', 'demo:rl', '--problems', problems, '--samples', '3', '--layers', '0,5-6'],
    ...['--seed', '123', '--max-new-tokens', '48', ...WASM],
  ]);
  const all = json<Record<string, Ablated>>(out, 'all_results.json');
  const names = ['baseline', 'layer_0', 'layer_5', 'layer_6'];
  expect(Object.keys(all).filter((name) => name !== 'frankenscope')).toEqual(names);
  const asked = lines<{ id: string; answer: string }>(problems);
  const said = new Map<string, string>();
  for (const name of names) {
    const [file] = filesBelow(join(out, name));
    const records = lines<{ id: string; gold_answer: string; correct: boolean; full_response: string }>(
      ...[out, name, file ?? ''],
    );
    expect(records).toHaveLength(3);
    for (const { id, gold_answer } of records)
      expect(asked.find((problem) => problem.id === id)?.answer).toBe(gold_answer);
    const correct = records.filter((record) => record.correct).length;
    expect(all[name]).toMatchObject({ correct, total: 3, accuracy: Number((correct / 3).toFixed(4)) });
    expect(all[name]?.ablated_layer).toBe(name === 'baseline' ? -1 : Number(name.slice('layer_'.length)));
    said.set(name, records.map(({ full_response }) => full_response).join('\n'));
  }
  expect(said.get('layer_0')).not.toBe(said.get('baseline'));
});

test('attention: mass and mean of every layer', async () => {
  const out = await ran('attention.json', [
    ...[
      'attention',
      '--in',
      'demo:in',
      '--rl',
      'demo:rl',
      '--items',
      join(SETS, 'items', 'general-vqa.jsonl'),
    ],
    ...['--samples', '2', '--seed', '123', '--max-new-tokens', '24', ...WASM],
  ]);
  const { layers } = json<{ layers: { layer: number; in: Mass; rl: Mass }[] }>(out);
  expect(layers.map(({ layer }) => layer)).toEqual(Array.from({ length: LAYERS }, (_, layer) => layer));
  for (const { in: sft, rl } of layers)
    for (const { mass, mean } of [sft, rl]) {
      expect(mass).toBeGreaterThan(0);
      expect(mass).toBeLessThan(1);
      // 16 image tokens, all of which every generated token sees.
      expect(mean).toBeCloseTo(mass / 16, 6);
    }
  expect(layers.map(({ rl }) => rl.mass)).not.toEqual(layers.map((layer) => layer.in.mass));
});
interface Mass {
  readonly mass: number;
  readonly mean: number;
}

const weights = (name: string) => tensorsOf(readFileSync(join(DIST, 'demo', name, 'model.safetensors')));
/** ‖to − from‖_F and ‖from‖_F of a tensor, summed in float64. */
function norms(name: string, from: string, to: string): [number, number] {
  const [a, b] = [from, to].map((checkpoint) => {
    const tensor = weights(checkpoint).get(name);
    if (!tensor) throw new Error(`${checkpoint} has no ${name}`);
    return bfloat16Values(tensor);
  }) as [Float32Array, Float32Array];
  const norm = (value: (index: number) => number): number =>
    Math.sqrt(a.reduce((sum, _, index) => sum + value(index) ** 2, 0));
  return [norm((index) => (b[index] ?? NaN) - (a[index] ?? NaN)), norm((index) => a[index] ?? NaN)];
}

interface Norms {
  readonly fro_norm: number;
  readonly relative_norm: number;
}
interface Energy {
  readonly layers: { param_name: string; layer_idx: number; section: string; sft: Norms; rl: Norms }[];
}

test('energy and diversity of the family: norms counted from the files; a frozen region is exactly zero', async () => {
  const family = ['--base', 'demo:base', '--in', 'demo:in', '--rl', 'demo:rl', ...WASM];
  const { layers } = json<Energy>(await ran('energy.json', ['energy', ...family]));
  for (const layer of [0, LAYERS - 1]) {
    const found = layers.find(
      ({ param_name, section, layer_idx }) =>
        param_name.endsWith('down_proj.weight') && !section.startsWith('Vision') && layer_idx === layer + 1,
    );
    const name = `model.layers.${String(layer)}.mlp.down_proj.weight`;
    const [sft] = norms(name, 'base', 'in');
    const [rl, before] = norms(name, 'in', 'rl');
    expect(found?.sft.fro_norm).toBeCloseTo(sft, 6);
    expect(found?.rl.fro_norm).toBeCloseTo(rl, 6);
    expect(found?.rl.relative_norm).toBeCloseTo(rl / before, 6);
  }
  const frozen = await ran('frozen.json', [
    'energy',
    '--in',
    'demo:in',
    '--rl',
    'demo:rl-frozen-mid',
    ...WASM,
  ]);
  for (const { section, layer_idx, rl } of json<Energy>(frozen).layers)
    if (!section.startsWith('Vision') && layer_idx >= 5 && layer_idx <= 8) expect(rl.fro_norm).toBe(0);
    else expect(rl.fro_norm).toBeGreaterThan(0);

  const spectra = await ran('svd.json', ['diversity', ...family, '--weights', 'k_proj', '--topk', '64']);
  const matrices = json<{ layers: { param_name: string; sft: Spectrum; rl: Spectrum }[] }>(spectra).layers;
  expect(matrices).toHaveLength(LAYERS);
  for (const { param_name, ...updates } of matrices)
    for (const kind of ['sft', 'rl'] as const) {
      const spectrum = updates[kind];
      const values = spectrum.singular_values;
      expect(values).toHaveLength(64);
      const sum = values.reduce((total, value) => total + value, 0);
      const entropy = values.reduce(
        (total, v) => (v === 0 ? total : total - (v / sum) * Math.log(v / sum)),
        0,
      );
      const square = values.reduce((total, value) => total + value * value, 0);
      const energy = layers.find((layer) => layer.param_name === param_name);
      expect(Math.sqrt(square) / (energy?.[kind].fro_norm ?? NaN)).toBeCloseTo(1, 5);
      expect(spectrum.stable_rank / (square / (values[0] ?? NaN) ** 2)).toBeCloseTo(1, 5);
      expect(spectrum.effective_rank / Math.exp(entropy)).toBeCloseTo(1, 5);
    }
});
interface Spectrum {
  readonly singular_values: number[];
  readonly stable_rank: number;
  readonly effective_rank: number;
}

test('merge: a checkpoint that has RL’s layers where they were asked for, and IN’s else', async () => {
  const out = await ran('merged', [
    ...['merge', '--blocks', 'IN:RL:IN', '--cuts', '4,8', '--in', 'demo:in', '--rl', 'demo:rl', '--quiet'],
  ]);
  const merged = tensorsOf(readFileSync(join(out, 'model.safetensors')));
  const [sft, rl] = [weights('in'), weights('rl')];
  expect([...merged.keys()].toSorted()).toEqual([...sft.keys()].toSorted());
  for (const [name, { bytes }] of merged) {
    const layer = /^model\.layers\.(\d+)\./.exec(name)?.[1];
    const donor = layer !== undefined && Number(layer) >= 4 && Number(layer) < 8 ? rl : sft;
    expect(donor.get(name)?.bytes.equals(bytes), name).toBe(true);
  }
});

interface Graded {
  readonly id: string;
  readonly correct: boolean;
}

test('transfer: tables are those of the records; what was asked is not asked again, and the files are the same', async () => {
  const words = [
    ...['transfer', '--in', 'demo:in', '--rl', 'demo:rl', '--variants', 'IN:IN:IN', 'IN:RL:RL', 'RL:RL:RL'],
    ...['--samples', '2', '--max-new-tokens', '48', ...WASM],
  ];
  const out = await ran('transfer', words);
  const metrics = json<Record<string, Record<string, number>>>(out, 'paper_metrics.json');
  const variants = Object.keys(metrics).filter((name) => name !== 'frankenscope');
  expect(variants).toHaveLength(3);
  for (const variant of variants) {
    const called = variant.replaceAll(':', '_');
    const summary = json<{
      N: number;
      acc_A: number;
      M_vis: number;
      setting_A: string;
      n_TT: number;
      n_TF: number;
    }>(...[out, called, 'perception_general_vqa', 'summary.json']);
    const records = lines<Graded>(out, called, 'perception_general_vqa', `${summary.setting_A}.jsonl`);
    expect(summary.N).toBe(2);
    expect(records).toHaveLength(2);
    const correct = records.filter((record) => record.correct).length;
    expect(summary.acc_A).toBeCloseTo(correct / 2, 9);
    expect(summary.n_TT + summary.n_TF).toBe(correct);
    expect(metrics[variant]?.['M_vis']).toBe(summary.M_vis);
  }
  const again = await ran('transfer-again', words);
  expect(filesBelow(again)).toEqual(filesBelow(out));
  for (const file of filesBelow(out))
    expect(withoutRun(read(again, file)), file).toBe(withoutRun(read(out, file)));
});

test('transfer: with another chat template nothing counts as finished earlier, with the first one all does', async () => {
  const model = join(folder.path, 'templated');
  cpSync(join(ROOT, 'public', 'demo', 'in'), model, { recursive: true });
  const items = join(folder.path, 'sums.jsonl');
  writeFileSync(items, JSON.stringify({ id: '1', question: 'What is 3 + 4?', answer: '7' }));
  const said = async (name: string): Promise<{ readonly stderr: string; readonly response: string }> => {
    const out = join(folder.path, name);
    const words = ['transfer', '--in', model, '--rl', model, '--variants', 'IN', '--items', items];
    const run = await headless([
      ...[...words, '--style', 'demo', '--max-new-tokens', '8', ...WASM.slice(0, 4)],
      ...['--out', out],
    ]);
    expect(run.code, run.stderr).toBe(0);
    const [file] = filesBelow(out).filter((path) => path.endsWith('.jsonl'));
    const [record] = lines<{ full_response: string }>(out, file as string);
    return { stderr: run.stderr, response: record?.full_response ?? '' };
  };
  const first = await said('first-template');
  expect(first.stderr).not.toContain('finished earlier');
  const template = join(model, 'chat_template.jinja');
  writeFileSync(template, '{% for message in messages %}Draw a cat.{% endfor %}');
  const second = await said('second-template');
  expect(second.stderr).not.toContain('finished earlier');
  expect(second.response).not.toBe(first.response);
  rmSync(template);
  const third = await said('first-template-again');
  expect(third.stderr).toContain('going on: 1 of 1 were finished earlier');
  expect(third.response).toBe(first.response);
});

interface Share {
  readonly n: number;
  readonly hits: number;
}
interface Gap {
  readonly image: Share;
  readonly text: Share;
  readonly gap: { readonly delta: number };
}

test('disentangle: each family by image and by text, their difference, and all together', async () => {
  const out = await ran('gap.json', [
    ...['disentangle', '--model', 'demo:in', 'demo:rl', '--samples', '2', '--seed', '1'],
    ...['--max-new-tokens', '32', ...WASM],
  ]);
  const { models } = json<{ models: { model: string; families: Gap[]; pooled: { all: Gap } }[] }>(out);
  expect(models.map(({ model }) => model)).toEqual(['in', 'rl']);
  for (const { families, pooled } of models) {
    expect(families.length).toBeGreaterThan(0);
    for (const side of ['image', 'text'] as const) {
      const sum = (count: 'n' | 'hits') => families.reduce((total, family) => total + family[side][count], 0);
      expect(pooled.all[side]).toMatchObject({ n: 2, hits: sum('hits') });
      expect(sum('n')).toBe(2);
    }
    for (const { image, text, gap } of [...families, pooled.all])
      expect(gap.delta).toBeCloseTo(text.hits / text.n - image.hits / image.n, 12);
  }
});

test('a result that found no room is written by the next run, from what was kept', async () => {
  test.skip(process.platform !== 'linux', 'the full disk is /dev/full');
  const words = ['energy', '--in', 'demo:in', '--rl', 'demo:rl'];
  const full = await headless([...words, '--out', '/dev/full']);
  expect(full.stderr).toMatch(
    /OutputFailed: no room on the disk of "\/dev\/full", for the \d+ bytes .*; --out; .*\n$/,
  );
  expect(full.code).toBe(1);
  const out = join(folder.path, 'energy-kept.json');
  const again = await headless([...words, '--out', out]);
  const [, done, total] = /going on: (\d+) of (\d+) were finished earlier/.exec(again.stderr) ?? [];
  expect(done, again.stderr).toBe(total);
  expect(Number(total)).toBeGreaterThan(0);
  expect(again.code).toBe(0);
  // The result is on the disk: its journal is gone, and a third run computes anew.
  const third = join(folder.path, 'energy-anew.json');
  const anew = await headless([...words, '--out', third]);
  expect(anew.stderr).not.toContain('finished earlier');
  expect(withoutRun(read(third))).toBe(withoutRun(read(out)));
});

test('bad input: one line, a name, the remedy, and exit 2', async () => {
  const empty = join(folder.path, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'notes.txt'), 'nothing of use');
  const out = join(folder.path, 'none');
  for (const words of [
    ['swap', '--model', 'demo:in', '--pairs', empty],
    ['ablate', '--model', 'demo:none', '--problems', join(SETS, 'items', 'problems.jsonl')],
    ['energy', '--in', 'demo:in'],
    ['merge', '--blocks', 'IN:XX:IN', '--in', 'demo:in', '--rl', 'demo:rl'],
    ['diversity', '--in', 'demo:in', '--rl', 'demo:rl', '--weights', 'no_such_weight'],
  ]) {
    const { code, stderr } = await headless([...words, '--quiet', '--out', out]);
    expect(code, `${words.join(' ')}\n${stderr}`).toBe(2);
    expect(stderr.trimEnd()).toMatch(/^[A-Z]\w+: .+; .+$/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
});

test('study: what each analysis writes is what its command writes; a rerun computes nothing again', async () => {
  const items = join(SETS, 'items');
  const [problems, questions] = ['problems', 'general-vqa'].map((name) => join(items, `${name}.jsonl`));
  const settings = { samples: 2, maxNewTokens: 8 };
  const spec = {
    ...{ definitions: 1, name: 'Two samples of each', models: 'demo' },
    analyses: [
      { name: 'swap', samples: join(SETS, 'pairs'), settings: { ...settings, layers: '0-1' } },
      { name: 'ablate', of: ['in'], samples: problems, settings: { ...settings, layers: '0-1' } },
      { name: 'attention', samples: questions, settings },
      { name: 'energy' },
    ],
  };
  const file = join(folder.path, 'study.json');
  writeFileSync(file, JSON.stringify(spec));
  const out = join(folder.path, 'study');
  const words = ['study', '--spec', file, '--device', 'wasm', '--dtype', 'f32', '--out', out];
  const cut = await headless(words, /2 of 4: swap[^]*answering [1-9]/);
  expect(cut.code, cut.stderr).toBe(3);
  expect(existsSync(join(out, 'energy', 'fro_norm.json'))).toBe(true);
  const { code, stderr } = await headless(words);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/1 of 4: energy\ngoing on: (\d+) of \1 were finished earlier/);

  const few = ['--samples', '2', '--max-new-tokens', '8'];
  const models = ['--base', 'demo:base', '--in', 'demo:in', '--rl', 'demo:rl'];
  const alone: Readonly<Record<string, readonly string[]>> = {
    swap: ['--model', 'demo:rl', '--pairs', join(SETS, 'pairs'), '--layers', '0-1', ...few],
    ablate: ['--model', 'demo:in', '--problems', problems ?? '', '--layers', '0-1', ...few],
    'attention/attention_shift.json': [...models, '--items', questions ?? '', ...few],
    'energy/fro_norm.json': models,
  };
  for (const [path, flags] of Object.entries(alone)) {
    const [name = ''] = path.split('/');
    const single = await ran(`alone-${name}`, [name, ...flags, ...WASM]);
    if (path !== name) expect(withoutRun(read(out, path)), path).toBe(withoutRun(read(single)));
    else
      for (const one of filesBelow(single))
        expect(withoutRun(read(join(out, name), one)), one).toBe(withoutRun(read(single, one)));
  }

  const told = json<StudyResult>(out, 'study.json');
  expect(told.spec).toEqual(spec);
  expect(
    told.analyses.map(({ folder, files }) => files.every((one) => one.startsWith(`${folder}/`))),
  ).toEqual(Array(4).fill(true));
  for (const { files, findings } of told.analyses) {
    expect(findings.length).toBeGreaterThan(0);
    for (const one of files) expect(existsSync(join(out, one)), one).toBe(true);
  }
  // The report says the same, with the charts of each.
  const report = plain(read(out, 'report.html'));
  const sentences = told.analyses.flatMap(({ findings }) => findings);
  expect(sentences.filter((one) => !report.includes(`<li>${one}</li>`))).toEqual([]);
  expect(report.match(/<figure>/g)?.length).toBeGreaterThanOrEqual(told.analyses.length);
  // One file holds all of it: the same in its first line, what shows each, and records that are the files' own.
  const values = gunzipSync(readFileSync(join(out, 'study.frankenscope')))
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line.slice(17)) as { kind?: string; analysis?: string; record?: SwapRecord });
  expect(values[0]).toEqual(told);
  const named = <Name extends 'kind' | 'analysis'>(name: Name) => values.flatMap((one) => one[name] ?? []);
  expect(named('kind').sort()).toEqual(['ablate', 'attention', 'energy', 'swap']);
  expect(named('analysis').sort()).toEqual(['ablate', 'attention', 'energy', 'swap']);
  const swapped = values.flatMap(({ record }) => (record && 'swapped' in record ? [record] : []));
  expect(new Set(swapped.map(({ task, id, original }) => `${task} ${id} ${original.text}`))).toEqual(
    new Set(
      lines<SwapLine>(join(out, 'swap'), 'layer_swap_results.jsonl').map(
        ({ task, sample_id, original_answer }) => `${task} ${sample_id} ${original_answer}`,
      ),
    ),
  );
});
