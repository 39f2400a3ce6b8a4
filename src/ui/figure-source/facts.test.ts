import { expect, test } from 'vitest';
import { analysis as attention } from '../../analyses/attention/analysis.ts';
import { analysis as patch } from '../../analyses/patch/analysis.ts';
import { analysis as energy } from '../../analyses/energy/analysis.ts';
import { analysis as swap } from '../../analyses/swap/analysis.ts';
import { analysis as transfer } from '../../analyses/transfer/analysis.ts';
import type { AskedModel } from '../../analyses/asked-model.ts';
import { defaultValues } from '../../analyses/setting-values.ts';
import { heldSamples } from '../../reading/sample-source.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { factsOf } from '../charts/export/facts-of.ts';
import { speak } from '../language/texts.ts';
import { evaluationFacts, openedFacts } from './evaluation-facts.ts';
import { withOrigin } from './origin.ts';
import { probeFacts } from './probe-facts.ts';
import { roundingFacts } from './rounding-facts.ts';
import { zh } from './texts.zh.ts';
import { updatesFacts } from './updates-facts.ts';

const model = (name: string, folder: string): AskedModel =>
  ({
    name,
    checkpoint: { name: folder, fingerprint: `${folder} print` },
    model: { dtype: 'q8', device: 'webgpu', adapter: 'vendor a' },
  }) as AskedModel;
const reading = { imageProcessing: 'transformers-4.51', maxImagePixels: 60_000 } as const;
const identity = { kind: 'swap', title: 'Token swap of IN on pairs', inputs: {}, settings: {} };

/** As a chart exports them: of the block's shape. */
function checked(facts: PageFacts): PageFacts {
  const chart = {
    ...{ title: 'Chart', description: 'What is drawn.', finding: null, models: undefined, sources: [] },
    ...{ state: '', points: [], unit: '', interval: null },
  };
  const { done, on, ...said } = facts;
  const made = factsOf(facts, chart, new Date(0));
  expect(made).toMatchObject(said);
  expect(made.work).toContain(`${done} of ${facts.checkpoints[0]?.name}`);
  if (on !== null) expect(made.work.endsWith(` on ${on}`)).toBe(true);
  return facts;
}

test('a probe of samples that somebody brought: the command names what the page has no path of', () => {
  const samples = { name: 'my pairs', pairs: [], literalImage: 'strip', literalImages: 0 } as const;
  const models = [model('IN', "IN's folder")];
  const values = { ...defaultValues(swap.declaration.settings), samples: 5 };
  const given = { models, samples, reading };
  expect(checked(probeFacts(swap, given, values))).toMatchObject({
    ...{ done: 'Token swap', on: 'my pairs' },
    checkpoints: [{ name: 'IN', folder: "IN's folder", fingerprint: "IN's folder print" }],
    ...{ seed: null, dtype: 'q8', device: 'webgpu: vendor a' },
    command:
      `npm run -s headless -- swap --model '<folder IN'\\''s folder>' --pairs '<my pairs>' --samples 5 ` +
      '--image-processing transformers-4.51 --max-image-pixels 60000 --device webgpu --dtype q8 --out swap',
    remarks: ['<my pairs> stands for where these samples lie.'],
  });
  const committed = { ...given, samples: { ...samples, place: 'dataset/data/pairs' } };
  expect(probeFacts(swap, committed, values)).toMatchObject({
    command: expect.stringContaining(' --pairs dataset/data/pairs ') as string,
    remarks: [],
  });
  const own = { ...given, samples: { ...samples, whole: true } };
  expect(checked(probeFacts(swap, own, values))).toMatchObject({
    command: null,
    remarks: ['The pair was made by hand on the page, so that no command names it.'],
  });
});

test('a model that the command has no flag for is named, as it is drawn, too', () => {
  const models = [model('Base', 'x-base'), model('IN', 'x-in'), model('RL', 'x-rl')];
  const samples = { name: 'problems', place: 'problems.jsonl', source: heldSamples([]) };
  const values = defaultValues(patch.declaration.settings);
  expect(checked(probeFacts(patch, { models, samples, reading }, values))).toMatchObject({
    command: expect.stringContaining(" --in '<folder x-in>' --rl '<folder x-rl>' --items ") as string,
    remarks: ['The command has no flag for Base: it asks the other models alone.'],
  });
  // Attention's takes it.
  const all = defaultValues(attention.declaration.settings);
  expect(checked(probeFacts(attention, { models, samples, reading }, all))).toMatchObject({
    command: expect.stringContaining(" --base '<folder x-base>' --in '<folder x-in>' --rl ") as string,
    remarks: [],
  });
});

test('an evaluation of brought questions and of a stitch says what its command leaves out', () => {
  const values = { ...defaultValues(transfer.declaration.settings), samples: 3, cuts: '4,8' };
  const models = [model('Base', 'demo:base'), model('IN', 'demo:in'), model('RL', 'demo:rl')];
  const facts = evaluationFacts(transfer, { models, reading, questions: 'list', stitched: true }, values);
  expect(checked(facts)).toMatchObject({
    ...{ done: 'Transfer', on: 'list' },
    seed: 123,
    command:
      'npm run -s headless -- transfer --base demo:base --in demo:in --rl demo:rl --items <list> --cuts 4,8 --samples 3 '.replace(
        '<list>',
        "'<list>'",
      ) +
      '--image-processing transformers-4.51 --max-image-pixels 60000 --device webgpu --dtype q8 --out transfer',
  });
  expect(facts.remarks).toHaveLength(2);
  const opened = checked(
    openedFacts(transfer, [{ variant: 'IN' }, { variant: 'RL' }, { variant: 'IN' }], 'old'),
  );
  expect(opened.checkpoints.map(({ name, fingerprint }) => [name, fingerprint])).toEqual([
    ['IN', null],
    ['RL', null],
  ]);
});

test('updates of roles and of further checkpoints, with cuts of a person’s own', () => {
  const checkpoint = (name: string) => ({ name, fingerprint: name, files: new Map() });
  const entries = new Map([['in', { dtype: 'BF16' }]]);
  const plan = {
    identity: { ...identity, kind: 'energy', settings: { rounding: 'reference', outside: true, deltas: [] } },
    checkpoints: new Map([
      ['in', checkpoint('demo:in')],
      ['my-folder', checkpoint('my folder')],
    ]),
    deltas: [{ key: 'my-folder', to: 'my-folder', from: 'in', relativeTo: 'in' }],
    pairing: { families: [{ entries }] },
  } as unknown as Parameters<typeof updatesFacts>[1];
  // As its slot is called.
  const labelOf = (role: string): string => ({ in: 'IN', 'my-folder': 'mine' })[role] ?? role;
  expect(checked(updatesFacts(energy, plan, { labelOf, cuts: '4,8' }))).toMatchObject({
    done: 'Update energy, mine − IN,',
    checkpoints: [{ name: 'IN' }, { name: 'mine', folder: 'my folder' }],
    ...{ dtype: 'BF16', device: 'cpu', seed: null },
    command: `npm run -s headless -- energy --in demo:in --model '<folder my folder>' --rounding reference --outside --cuts 4,8 --out fro_norm.json`,
  });
});

test('rounding that no command can ask for says so, and another build its name', () => {
  const donors = [{ name: 'IN', checkpoint: 'demo:in', fingerprint: 'print' }];
  const scheme = { format: 'awq', bits: 4, group: 128, head: false } as const;
  const plan = { recipe: {}, donors } as unknown as Parameters<typeof roundingFacts>[0];
  const facts = checked(roundingFacts(plan, scheme, null));
  expect(facts.done).toBe('Rounding to AWQ, 4 bits in groups of 128');
  expect(facts.remarks).toEqual(['No command takes what this is made of.']);
  expect(roundingFacts(plan, scheme, 'npm run').remarks).toEqual([]);
  const origin = { key: '', build: '0.0.9', modules: '', at: '2026-11-28T10:49:00Z' };
  const others = withOrigin(facts, origin);
  expect(others && checked(others).remarks.at(-1)).toMatch(/^Computed by build 0\.0\.9 on 2026-11-28/);
  expect(withOrigin(facts, null)).toBe(facts);
});

test('sentences are those of the language that is spoken when they are read, all else is the same', async () => {
  const samples = { name: 'pairs', pairs: [], literalImage: 'strip', literalImages: 0 } as const;
  const given = { models: [model('IN', 'in')], samples, reading };
  const facts = withOrigin(probeFacts(swap, given, defaultValues(swap.declaration.settings)), {
    ...{ key: 'k', build: '0.0.9', modules: '', at: '2026-11-28T10:49:00Z', carried: true },
  });
  const english = { ...facts };
  await speak('zh', () =>
    Promise.resolve({ 'figure-source': zh, 'analysis-words': { swap: { title: '替换' } } }),
  );
  try {
    const { done, remarks, ...rest } = { ...facts };
    expect(done).toBe('替换');
    expect(remarks).toEqual([
      '<pairs> 代表这些样本所在的位置。',
      '应用自带：由版本 0.0.9 于 2026-11-28 10:49 测得。',
    ]);
    expect(english).toMatchObject(rest);
  } finally {
    await speak('en', () => Promise.resolve({}));
  }
  expect({ ...facts }).toEqual(english);
});
