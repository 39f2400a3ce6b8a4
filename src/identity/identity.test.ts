/** Whatever decides a result changes its name, input by input; what must not matter keeps it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ablateLayer } from '../probes/ablation/experiment.ts';
import { DECIDED_BY } from './decided-by.ts';
import type {
  DecidingInputs,
  JournalKind,
  Kind,
  Models,
  NamedKind,
  ResidentModel,
} from './deciding-inputs.ts';
import { identify, nameOf } from './identify.ts';
import { workKey } from './work-identity.ts';

const modules = vi.hoisted(() => ({ name: 'built' }));
vi.mock('../work/modules.ts', () => ({ modulesOf: (kind: string) => `${kind} ${modules.name}` }));
afterEach(() => (modules.name = 'built'));

type Inputs = { readonly [K in Kind]: DecidingInputs[K] };
/** At least one other value of every input of every kind: one that is missing does not compile. */
type Flips = {
  readonly [K in Kind]: {
    readonly [I in keyof DecidingInputs[K]]: readonly [DecidingInputs[K][I], ...DecidingInputs[K][I][]];
  };
};

const smallFiles = {
  'config.json': 'a',
  'generation_config.json': 'b',
  'tokenizer.json': 'c',
  'chat_template.jinja': 'd',
};
const resident: ResidentModel = {
  ...{ fingerprint: 'f', smallFiles, device: 'webgpu', adapter: 'vendor nvidia', dtype: 'q4' },
};
const other: ResidentModel = { ...resident, fingerprint: 'g' };

/** The same files, each with another content in turn; one less; one more. */
const FILE_FLIPS = [
  ...Object.keys(smallFiles).map((file) => ({ ...smallFiles, [file]: 'changed' })),
  { 'config.json': 'a' },
  { ...smallFiles, 'preprocessor_config.json': 'e' },
] as const;
const RESIDENT_FLIPS: readonly ResidentModel[] = [
  { ...resident, fingerprint: 'changed' },
  { ...resident, device: 'wasm' },
  { ...resident, adapter: 'vendor amd' },
  { ...resident, dtype: 'f32' },
  ...FILE_FLIPS.map((files) => ({ ...resident, smallFiles: files })),
];

const weights = { in: 'f', rl: 'g' };
const WEIGHTS_FLIPS = [
  { in: 'changed', rl: 'g' },
  { in: 'f', rl: 'changed' },
  { in: 'g', rl: 'f' },
  { in: 'f' },
  { base: 'f', rl: 'g' },
] as const;

function probe(...roles: readonly string[]) {
  const models: Models = Object.fromEntries(
    roles.map((role, index) => [role, index === 0 ? resident : other]),
  );
  const [first] = roles as [string];
  const flipped = RESIDENT_FLIPS.map((one): Models => ({ ...models, [first]: one }));
  const swapped: Models = Object.fromEntries(
    roles.map((role, index) => [role, index === 0 ? other : resident]),
  );
  return {
    given: {
      ...{ models, samples: 's', system: null, maxNewTokens: 64 },
      ...{ imageProcessing: 'transformers-5' as const, maxImagePixels: 1000 },
    },
    flips: {
      models: [swapped, ...flipped, { ...models, further: other }] as [Models, ...Models[]],
      samples: ['changed'] as [string],
      system: ['', 'Think.'] as [string, string],
      maxNewTokens: [65] as [number],
      imageProcessing: ['transformers-4.51'] as ['transformers-4.51'],
      maxImagePixels: [999] as [number],
    },
  };
}

const delta = { key: 'rl', to: 'rl', from: 'in', relativeTo: 'in' };
const updates = { weights, deltas: [delta], rounding: 'stored', outside: false } as const;
const updateFlips = {
  weights: WEIGHTS_FLIPS as unknown as [Record<string, string>],
  deltas: [[{ ...delta, from: 'base' }], [{ ...delta, relativeTo: 'base' }], [delta, delta]],
  rounding: ['reference'],
  outside: [true],
} as const;
const answering = {
  ...{ system: null, maxNewTokens: 64, maxImagePixels: 1000, device: 'webgpu', dtype: 'q4' },
  imageProcessing: 'transformers-5',
} as const;
const answeringFlips = {
  system: ['', 'Think.'],
  maxNewTokens: [65],
  maxImagePixels: [999],
  imageProcessing: ['transformers-4.51', null],
  device: ['wasm'],
  dtype: ['f32'],
} as const;
const fileFlips = FILE_FLIPS as unknown as [Record<string, string>];
const part = { fingerprint: 'f', device: 'webgpu', adapter: 'vendor nvidia', dtype: 'q4' };
const [one, two, patched] = [probe('model'), probe('in', 'rl'), probe('recipient', 'donor')];

const GIVEN: Inputs = {
  energy: updates,
  diversity: { ...updates, part: null, mode: 'fast', topK: 50, seed: 0, computer: 'cpu' },
  overlap: { ...updates, part: null, k: 10, seed: 0, computer: 'cpu' },
  swap: { ...one.given, layers: [0, 1], mode: 'single', answerSource: false },
  ablate: { ...one.given, experiments: [ablateLayer(0)], prefix: '' },
  attention: { ...two.given, running: 'teacher-forced', forcedBy: 'in', onlyThink: false },
  lens: two.given,
  patch: { ...patched.given, depths: [0, 1] },
  answers: { ...answering, weights, files: smallFiles, adapter: 'vendor nvidia' },
  merge: { weights, recipe: { layers: ['IN'] }, shardBytes: 5e9, checkpoints: ['a'], smallFiles, plan: 'p' },
  'gpu-memory': { answers: 'a' },
  verdicts: { judge: 'j' },
  answer: { ...answering, model: 'm', pieces: ['What is ', '?'], pictures: ['p', 'q'] },
  variant: { parts: [part, part, { ...part, fingerprint: 'g' }, part], files: smallFiles },
  endpoint: {
    ...{ dialect: 'openai', address: 'https://a.example/v1', model: 'm', temperature: 0 },
    limitField: 'max_tokens',
  },
  verdict: { system: 's', prompt: 'p', maxNewTokens: 1024 },
};

const FLIPS: Flips = {
  energy: updateFlips,
  diversity: {
    ...updateFlips,
    ...{ part: ['down_proj'], mode: ['exact'], topK: [51], seed: [1, null], computer: ['vendor nvidia'] },
  },
  overlap: { ...updateFlips, part: ['down_proj'], k: [11], seed: [1], computer: ['vendor nvidia'] },
  swap: { ...one.flips, layers: [[0], [1, 0]], mode: ['from-layer'], answerSource: [true] },
  ablate: {
    ...one.flips,
    experiments: [[ablateLayer(1)], [ablateLayer(0, 'mlp')], [{ ...ablateLayer(0), ablate: [] }]],
    prefix: ['Look. '],
  },
  attention: { ...two.flips, running: ['free'], forcedBy: ['rl', null], onlyThink: [true] },
  lens: two.flips,
  patch: { ...patched.flips, depths: [[0]] },
  answers: {
    ...answeringFlips,
    weights: updateFlips.weights,
    files: fileFlips,
    adapter: ['vendor amd', null],
  },
  merge: {
    weights: updateFlips.weights,
    recipe: [{ layers: ['RL'] }],
    shardBytes: [5e9 + 1],
    checkpoints: [['b']],
    smallFiles: fileFlips,
    plan: ['changed'],
  },
  'gpu-memory': { answers: ['changed'] },
  verdicts: { judge: ['changed'] },
  answer: {
    ...answeringFlips,
    model: ['changed'],
    pieces: [['What is', ' ?'], ['What is ?']],
    pictures: [['p'], ['q', 'p'], ['p', 'changed'], ['p q']],
  },
  variant: {
    parts: [
      [part, part, part, part],
      [part, { ...part, fingerprint: 'g' }, part, part],
      [part, part, { ...part, fingerprint: 'g' }, { ...part, fingerprint: 'g' }],
      [part, part, { ...part, fingerprint: 'g', adapter: 'vendor amd' }, part],
      [part, part, { ...part, fingerprint: 'g', dtype: 'f32' }, part],
      [part, part, { ...part, fingerprint: 'g', device: 'wasm' }, part],
    ],
    files: fileFlips,
  },
  endpoint: {
    ...{ dialect: ['anthropic'], address: ['https://b.example/v1'], model: ['n'], temperature: [1, null] },
    limitField: ['max_completion_tokens'],
  },
  verdict: { system: ['t'], prompt: ['q'], maxNewTokens: [1] },
};

const NAMED: ReadonlySet<string> = new Set<NamedKind>(['answer', 'variant', 'endpoint', 'verdict']);

function keyOf(kind: Kind, inputs: object, title = 'as a reader says it'): Promise<string> {
  return NAMED.has(kind)
    ? nameOf(kind as NamedKind, inputs as never)
    : workKey(identify(kind as JournalKind, title, inputs as never));
}

const KINDS = Object.keys(DECIDED_BY) as Kind[];

describe.each(KINDS)('%s', (kind) => {
  test.each(Object.keys(DECIDED_BY[kind]))('is other work with another %s', async (input) => {
    const flips = (FLIPS[kind] as Readonly<Record<string, readonly unknown[]>>)[input] ?? [];
    expect(flips.length).toBeGreaterThan(0);
    const keys = [await keyOf(kind, GIVEN[kind])];
    for (const value of flips) keys.push(await keyOf(kind, { ...GIVEN[kind], [input]: value }));
    expect(new Set(keys).size).toBe(flips.length + 1);
  });

  test('is the same work in another order of its inputs, under another title', async () => {
    const turned = Object.fromEntries(Object.entries(GIVEN[kind]).reverse());
    expect(await keyOf(kind, turned, 'otherwise')).toBe(await keyOf(kind, GIVEN[kind]));
  });

  test('says why each of its inputs decides', () => {
    for (const why of Object.values(DECIDED_BY[kind])) expect(why).toMatch(/\w{3}/);
  });
});

test.each(KINDS.filter((kind) => !NAMED.has(kind)))('%s is other work of other modules', async (kind) => {
  const before = await keyOf(kind, GIVEN[kind]);
  modules.name = 'built otherwise';
  expect(await keyOf(kind, GIVEN[kind])).not.toBe(before);
});

test('no two kinds share a name, whatever they are given', async () => {
  const keys = await Promise.all(KINDS.map((kind) => keyOf(kind, GIVEN[kind])));
  expect(new Set(keys).size).toBe(KINDS.length);
});

test('an identity says in clear what each input is, the weights as they are searched for', () => {
  const { inputs, settings } = identify('swap', 'Swap', GIVEN.swap);
  expect(inputs).toEqual({
    'weights of model': 'f',
    'config.json of model': 'a',
    'generation_config.json of model': 'b',
    'tokenizer.json of model': 'c',
    'chat_template.jinja of model': 'd',
    samples: 's',
  });
  expect(settings).toMatchObject({
    computedBy: { model: { device: 'webgpu', adapter: 'vendor nvidia', dtype: 'q4' } },
    maxNewTokens: 64,
  });
});

test.each(['samples', '__proto__', 'constructor', 'model of x', ''])(
  'a model called "%s" hides no other input',
  async (label) => {
    const models = Object.fromEntries([
      [label, resident],
      ['rl', other],
    ]);
    const before = await keyOf('lens', { ...GIVEN.lens, models });
    expect(await keyOf('lens', { ...GIVEN.lens, models, samples: 'changed' })).not.toBe(before);
    for (const changed of RESIDENT_FLIPS) {
      const flipped = Object.fromEntries([
        [label, changed],
        ['rl', other],
      ]);
      expect(await keyOf('lens', { ...GIVEN.lens, models: flipped })).not.toBe(before);
    }
  },
);
