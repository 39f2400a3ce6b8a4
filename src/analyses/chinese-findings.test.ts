/** Every finding says in Chinese what it says in English: the same numbers, n and kind of interval. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INTERVAL_KINDS } from '../interval-kinds.mjs';
import { INTERVAL_KINDS as CHINESE_KINDS } from '../number-text.zh.mjs';
import { comparePaired } from '../statistics/paired.ts';
import { spreadOf } from '../statistics/spread.ts';
import { wilson } from '../statistics/wilson.ts';
import type { Words } from './declaration.ts';

const english = import.meta.glob<Words>('./*/words.mjs', { eager: true, import: 'words' });
const chinese = import.meta.glob<Words>('./*/words.zh.mjs', { eager: true, import: 'words' });

/** Digits with signs, decimals, powers and thousands. */
const NUMBER = /[+\u2212-]?\d+(?:[.\u2009]\d+)*(?:e\u2212?\d+)?/g;
const numbersOf = (text: string): readonly string[] => [...(text.match(NUMBER) ?? [])].sort();
const HAN = /\p{Script=Han}/u;

const n = fc.oneof(fc.constantFrom(1, 2, 3, 4, 9, 10), fc.integer({ min: 1, max: 2000 }));
const share = n.chain((count) =>
  fc.integer({ min: 0, max: count }).map((hits) => ({
    ...{ n: count, hits, value: hits / count, rate: hits / count, interval: wilson(hits, count) },
  })),
);
const size = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true }));
const signedSize = fc.tuple(size, fc.boolean()).map(([value, less]) => (less ? -value : value));
const name = fc.constantFrom('Base', 'IN', 'RL', 'stitched');
const formats = fc.subarray(['bfloat16', 'float16'], { minLength: 1 });
const paired = n.chain((count) => {
  const side = fc.array(fc.boolean(), { minLength: Math.min(count, 40), maxLength: Math.min(count, 40) });
  return fc.tuple(side, side).map(([before, after]) => comparePaired(before, after));
});
const p = fc.double({ min: 0, max: 1, noNaN: true });
const interval = fc
  .tuple(signedSize, signedSize)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const layers = <T extends object>(one: fc.Arbitrary<T>) =>
  fc
    .array(one, { minLength: 1, maxLength: 6 })
    .map((all) => all.map((each, layer) => ({ layer, depth: layer, ...each })));

const rates = n
  .chain((count) =>
    fc.record({
      task: fc.constantFrom('ocr', 'counting', 'grounding', 'recognition'),
      n: fc.constant(count),
      changedBefore: fc.integer({ min: 0, max: count }),
      hits: fc.array(fc.integer({ min: 0, max: count }), { minLength: 1, maxLength: 6 }),
    }),
  )
  .map(({ hits, ...rest }) => ({
    ...{ ...rest, resampled: 0 },
    layers: hits.map((changed, layer) => ({
      ...{ layer, changed, n: rest.n, rate: changed / rest.n, interval: wilson(changed, rest.n) },
      went: { source: changed, elsewhere: 0, unchanged: rest.n - changed },
    })),
  }));
const error = fc
  .record({ share, drop: paired, meanTokens: size, cutOff: p, withAnswerTag: p })
  .map(({ share: { n: count, hits, interval: ends }, drop, ...form }) => ({
    ...{ n: count, correct: hits, interval: ends, drop, form },
  }));
const cell = fc.record({
  metric: fc.constantFrom('M_vis', 'M_v2r', 'M_rea'),
  undecided: n,
  n,
  against: fc.tuple(paired, p).map(([one, adjustedP]) => ({ ...one, adjustedP })),
});
const compared = fc.array(fc.record({ name, cell }), { maxLength: 4 });
const region = fc.constantFrom('Early', 'Mid', 'Late');
const means = fc
  .record({
    label: fc.constant('RL − IN'),
    spreads: fc.array(fc.tuple(region, fc.array(size, { minLength: 1, maxLength: 3 })), { maxLength: 3 }),
    undefinedIn: fc.array(fc.record({ name: region, n }), { maxLength: 2 }),
    largest: fc.option(fc.record({ layer: n, value: size })),
  })
  .map(({ spreads, ...rest }) => ({
    ...rest,
    regions: spreads.map(([called, values]) => ({ name: called, ...spreadOf(values) })),
  }));
const factors = fc.record({ matrices: n, factored: n, largestRank: n });
const mass = fc.record({ mass: fc.record({ mean: signedSize, interval: fc.option(interval), n }) });
const family = fc.record({ family: fc.constantFrom('clock', 'tower_of_cubes'), gap: paired, adjustedP: p });
const scale = fc.constantFrom('relative', 'absolute');
const mode = fc.constantFrom('exact', 'fast');

/** Of each finding, what it may be told of. */
const TOLD: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<readonly unknown[]>>>>> = {
  swap: {
    peak: fc.tuple(rates),
    regions: fc.tuple(
      fc.array(fc.record({ name: region, rate: fc.option(fc.record({ mean: p, interval, n })) })),
    ),
    went: fc.tuple(rates),
    before: fc.tuple(rates),
    reads: fc.tuple(fc.constantFrom('single', 'from-layer'), fc.constantFrom('all', 'text')),
    resampled: fc.tuple(fc.nat(40)),
  },
  ablate: {
    baseline: fc.tuple(error),
    worst: fc.tuple(layers(error)),
    forms: fc.tuple(layers(error), error),
  },
  attention: {
    shift: fc.tuple(
      fc.tuple(layers(mass), layers(mass)).map(([from, to]) => [
        { name: 'IN', layers: from },
        { name: 'RL', layers: to },
      ]),
      fc.oneof(layers(mass), fc.constant([])),
    ),
    without: fc.tuple(fc.record({ name, without: n })),
  },
  lens: {
    readable: fc.tuple(
      layers(share.map((one) => ({ ...one, readable: one.value, first: one.hits }))).chain((depths) =>
        fc.record({ name, n, depths: fc.constant(depths) }),
      ),
    ),
  },
  patch: {
    follows: fc.tuple(
      fc.record({
        ...{ donor: name, recipient: name, asked: n, differing: fc.oneof(fc.constant(0), n) },
        depths: layers(share.map((one) => ({ ...one, asDonor: one.hits }))),
      }),
    ),
  },
  tokens: {
    concentration: fc.tuple(fc.record({ tokens: n, answers: n, mean: size, halfBy: fc.option(n) })),
    choices: fc.tuple(
      fc.record({
        ...{ tokens: n, differing: n },
        first: fc.option(
          fc.record({
            ...{ id: fc.constant('q-12'), text: fc.constant(' 7'), kl: size },
            ...{ before: fc.constant('no'), after: fc.constant('yes') },
          }),
        ),
      }),
    ),
  },
  energy: {
    factors: fc.tuple(name, factors),
    means: fc.tuple(means, scale),
    unchanged: fc.tuple(name, fc.oneof(fc.constantFrom(0, 1), p), fc.boolean()),
    floor: fc.tuple(name, fc.record({ matrices: n, atFloor: fc.nat(3) }), formats),
  },
  diversity: {
    factors: fc.tuple(name, factors),
    means: fc.tuple(means),
    counts: fc.tuple(
      name,
      fc.record({
        ...{ matrices: n, zero: fc.nat(3), conditionKnown: n },
        devices: fc.subarray(['cpu', 'webgpu'], { minLength: 1 }),
      }),
      mode,
    ),
    edge: fc.tuple(name, fc.record({ matrices: n, none: fc.nat(3), above: n, values: n }), formats, mode),
  },
  overlap: {
    side: fc.tuple(fc.constantFrom('output', 'input')),
    without: fc.tuple(fc.nat(3), n),
    shared: fc.tuple(means, means, n),
    unsettled: fc.tuple(fc.nat(3)),
  },
  gap: {
    gap: fc.tuple(name, fc.record({ image: share, text: share, gap: paired }), fc.nat(3)),
    widest: fc.tuple(name, fc.array(family, { maxLength: 4 })),
  },
  necessity: {
    beyondChance: fc.tuple(compared, name),
    compared: fc.tuple(name, cell, name),
    undecided: fc.tuple(name, cell),
    untouched: fc.tuple(name, fc.subarray(['early', 'middle', 'late'])),
  },
  transfer: { beyondChance: fc.tuple(compared, name) },
};

const cases = Object.entries(english).flatMap(([path, words]) => {
  const analysis = path.split('/')[1] ?? '';
  return Object.keys(words.findings).map((finding) => ({ analysis, finding, path, words }));
});

test.each(cases)(
  '$analysis says of $finding the same in both languages',
  ({ analysis, finding, path, words }) => {
    const other = chinese[path.replace('.mjs', '.zh.mjs')];
    const said = (one: Words | undefined, told: readonly unknown[]): string =>
      (one?.findings[finding] as (...measured: unknown[]) => string)(...told);
    const told = TOLD[analysis]?.[finding];
    if (!told) throw new Error(`nothing is known of ${analysis}, ${finding}`);
    const met = new Set<boolean>();
    fc.assert(
      fc.property(told, (measured) => {
        const [sentence, zh] = [said(words, measured), said(other, measured)];
        expect(numbersOf(zh), `${sentence}\n${zh}`).toEqual(numbersOf(sentence));
        expect(HAN.test(zh)).toBe(sentence !== '');
        if (sentence.endsWith('.')) expect(zh).toMatch(/。$/);
        // A space stands between Chinese and Latin letters or digits, and full-width marks are alone.
        expect(zh).not.toMatch(
          /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}|[，。：；（） ] | [，。：；（）]/u,
        );
        expect(zh.match(/n = /g)?.length).toBe(sentence.match(/n = /g)?.length);
        for (const kind of Object.keys(INTERVAL_KINDS) as (keyof typeof INTERVAL_KINDS)[])
          expect(zh.includes(CHINESE_KINDS[kind])).toBe(sentence.includes(INTERVAL_KINDS[kind]));
        met.add(sentence !== '');
      }),
      { numRuns: 300 },
    );
    expect(met.has(true)).toBe(true);
  },
);

/** What a text is by the path to it; of a function that it is one. */
function texts(of: object, path = ''): readonly string[] {
  return Object.entries(of).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? texts(value, `${path}${key}.`) : [`${path}${key}`],
  );
}

test.each(Object.entries(english))('%s has every text in Chinese', (path, words) => {
  expect([...texts(chinese[path.replace('.mjs', '.zh.mjs')] ?? {})].sort()).toEqual([...texts(words)].sort());
});
