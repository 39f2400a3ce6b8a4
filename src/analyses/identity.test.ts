/** Whatever decides an analysis changes its name, input by input. */
import { describe, expect, test, vi } from 'vitest';
import type { Models } from '../identity/deciding-inputs.ts';
import { identifyBy } from '../identity/identify.ts';
import { other, resident, RESIDENT_FLIPS } from '../identity/testing/flips.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import { workKey } from '../identity/work-identity.ts';
import { ablateLayer, withoutInjection } from '../probes/ablation/experiment.ts';
import { readApart } from '../probes/swap/mode.ts';
import { ANALYSES } from './registry.ts';

vi.mock('../work/modules.ts', () => ({ modulesOf: (kind: string) => `${kind} built` }));

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

const [one, two, patched] = [probe('model'), probe('in', 'rl'), probe('recipient', 'donor')];

const delta = { key: 'rl', to: 'rl', from: 'in', relativeTo: 'in' };
const updates = {
  given: { weights: { in: 'f', rl: 'g' }, deltas: [delta], rounding: 'stored', outside: false },
  flips: {
    weights: [
      { in: 'changed', rl: 'g' },
      { in: 'f', rl: 'changed' },
      { in: 'g', rl: 'f' },
      { in: 'f' },
      { base: 'f', rl: 'g' },
    ],
    deltas: [[{ ...delta, from: 'base' }], [{ ...delta, relativeTo: 'base' }], [delta, delta]],
    ...{ rounding: ['reference'], outside: [true] },
  },
};

const GIVEN = {
  swap: {
    ...one.given,
    layers: [0, 1],
    mode: 'single',
    answerSource: false,
    reads: 'text',
    injection: 'kept',
  },
  ablate: { ...one.given, experiments: [ablateLayer(0)], prefix: '' },
  attention: { ...two.given, running: 'teacher-forced', forcedBy: 'in', onlyThink: false },
  lens: { ...two.given, topk: 5 },
  tokens: { ...two.given, forcedBy: 'rl' },
  patch: { ...patched.given, depths: [0, 1] },
  energy: updates.given,
  diversity: { ...updates.given, part: null, mode: 'fast', topK: 50, seed: 0, computer: 'cpu' },
  overlap: { ...updates.given, part: null, k: 10, seed: 0, computer: 'cpu' },
};

/** At least one other value of every input. */
const FLIPS: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  swap: {
    ...one.flips,
    layers: [[0], [1, 0]],
    mode: ['from-layer'],
    answerSource: [true],
    reads: [undefined],
    injection: ['source', 'removed', undefined],
  },
  ablate: {
    ...one.flips,
    experiments: [
      ...[[ablateLayer(1)], [ablateLayer(0, 'mlp')], [{ ...ablateLayer(0), ablate: [] }]],
      [withoutInjection(ablateLayer(0))],
    ],
    prefix: ['Look. '],
  },
  attention: { ...two.flips, running: ['free'], forcedBy: ['rl', null], onlyThink: [true] },
  lens: { ...two.flips, topk: [6, undefined] },
  tokens: { ...two.flips, forcedBy: ['in', 'file'] },
  patch: { ...patched.flips, depths: [[0]] },
  energy: updates.flips,
  diversity: {
    ...updates.flips,
    ...{ part: ['down_proj'], mode: ['exact'], topK: [51], seed: [1, null], computer: ['vendor nvidia'] },
  },
  overlap: { ...updates.flips, part: ['down_proj'], k: [11], seed: [1], computer: ['vendor nvidia'] },
};

const decidedBy = (name: string): Readonly<Record<string, string>> => ANALYSES.get(name)?.decidedBy ?? {};
const identityOf = (name: string, given: object): WorkIdentity =>
  identifyBy(name, 'as a reader says it', given, decidedBy(name) as Readonly<Record<never, string>>);
const keyOf = (name: string, given: object): Promise<string> => workKey(identityOf(name, given));

test('no two analyses stand in one place of a page', () => {
  const places = [...ANALYSES.values()].map(({ declaration: { family, order } }) => `${family} ${order}`);
  expect(new Set(places).size).toBe(places.length);
});

test('every analysis is looked at', () => {
  expect(Object.keys(GIVEN).sort()).toEqual([...ANALYSES.keys()].sort());
});

describe.each(Object.entries(GIVEN))('%s', (name, given) => {
  test('is decided by all that it is given, and says why', () => {
    expect(Object.keys(decidedBy(name)).sort()).toEqual(Object.keys(given).sort());
    for (const why of Object.values(decidedBy(name))) expect(why).toMatch(/\w{3}/);
  });

  test.each(Object.keys(given))('is other work with another %s', async (input) => {
    const flips = FLIPS[name]?.[input] ?? [];
    expect(flips.length).toBeGreaterThan(0);
    const keys = [await keyOf(name, given)];
    for (const value of flips) keys.push(await keyOf(name, { ...given, [input]: value }));
    expect(new Set(keys).size).toBe(flips.length + 1);
  });
});

test('of a model without DeepStack an identity is as if there were no such setting', async () => {
  const { injection: _, ...without } = GIVEN.swap;
  const settings = identityOf('swap', without).settings as object;
  expect(settings).not.toHaveProperty('injection');
  expect(identityOf('swap', GIVEN.swap).settings).toEqual({ ...settings, injection: 'kept' });
  expect(await keyOf('swap', { ...without, injection: undefined })).toBe(await keyOf('swap', without));
});

test('of a swap that all later positions read, and of one from a layer on, an identity is as before there was a choice', () => {
  for (const [mode, reads] of [
    ['single', 'all'],
    ['from-layer', 'all'],
    ['from-layer', 'text'],
  ] as const) {
    const { reads: _, ...given } = { ...GIVEN.swap, mode };
    const { settings } = identityOf('swap', { ...given, ...readApart(mode, reads) });
    expect(settings).not.toHaveProperty('reads');
  }
  expect(identityOf('swap', { ...GIVEN.swap, ...readApart('single', 'text') }).settings).toMatchObject({
    ...{ mode: 'single', reads: 'text' },
  });
});

test('an identity says in clear what each input is, the weights as they are searched for', () => {
  const { inputs, settings } = identityOf('swap', GIVEN.swap);
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
