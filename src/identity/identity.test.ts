/** Whatever decides a result changes its name, input by input; what must not matter keeps it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DECIDED_BY } from './decided-by.ts';
import type { DecidingInputs, JournalKind, Kind, NamedKind } from './deciding-inputs.ts';
import { identify, nameOf } from './identify.ts';
import { FILE_FLIPS, smallFiles } from './testing/flips.ts';
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

const weights = { in: 'f', rl: 'g' };
const WEIGHTS_FLIPS = [
  { in: 'changed', rl: 'g' },
  { in: 'f', rl: 'changed' },
  { in: 'g', rl: 'f' },
  { in: 'f' },
  { base: 'f', rl: 'g' },
] as const;

const weightsFlips = WEIGHTS_FLIPS as unknown as [Record<string, string>];
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

const GIVEN: Inputs = {
  answers: { ...answering, weights, files: smallFiles, adapter: 'vendor nvidia' },
  merge: { weights, recipe: { layers: ['IN'] }, shardBytes: 5e9, checkpoints: ['a'], smallFiles, plan: 'p' },
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
  answers: {
    ...answeringFlips,
    weights: weightsFlips,
    files: fileFlips,
    adapter: ['vendor amd', null],
  },
  merge: {
    weights: weightsFlips,
    recipe: [{ layers: ['RL'] }],
    shardBytes: [5e9 + 1],
    checkpoints: [['b']],
    smallFiles: fileFlips,
    plan: ['changed'],
    quantized: [{ format: 'awq' }],
  },
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
