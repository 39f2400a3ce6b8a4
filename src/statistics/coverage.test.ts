/** How often intervals hold what they are of (docs/method.md §13): drawn again and again from what is known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../work/seeded-random.ts';
import { bootstrapShare } from './bootstrap.ts';
import { mean } from './mean.ts';
import { studentMean } from './student.ts';
import { wilson } from './wilson.ts';

const TRIALS = 300;
const LAYERS = 9;

/** How often `interval` holds `truth`, of items drawn by `draw`. */
function coverage<T>(
  n: number,
  truth: number,
  draw: (random: Random) => T,
  interval: (items: readonly T[]) => { readonly low: number; readonly high: number } | null | undefined,
): number {
  const random = seededRandom(17 + n);
  let held = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const found = interval(Array.from({ length: n }, () => draw(random)));
    if (found && found.low <= truth && truth <= found.high) held++;
  }
  return held / TRIALS;
}

const layers = (hits: number) => ({ hits, of: LAYERS });
/** Of an item, how many of its layers count; the rate is what many items have. */
const ITEMS: readonly {
  readonly name: string;
  readonly rate: number;
  readonly draw: (random: Random) => { readonly hits: number; readonly of: number };
}[] = [
  { name: 'all layers or none, rarely', rate: 0.05, draw: (next) => layers(next() < 0.05 ? LAYERS : 0) },
  { name: 'all layers or none', rate: 0.5, draw: (next) => layers(next() < 0.5 ? LAYERS : 0) },
  {
    name: 'each layer for itself',
    rate: 0.1,
    draw: (next) => layers(Array.from({ length: LAYERS }, next).filter((one) => one < 0.1).length),
  },
  {
    name: 'nothing or a few layers',
    rate: 0.2 * (2 / 9),
    draw: (next) => layers(next() < 0.2 ? 1 + Math.floor(next() * 3) : 0),
  },
];

const shareInterval = (items: readonly { readonly hits: number; readonly of: number }[]) =>
  bootstrapShare(items)?.interval;

describe.each(ITEMS)('a share pooled over layers, $name', ({ rate, draw }) => {
  it.each([1, 2, 12, 40])('is held at n = %d in 95 of 100 cases at least', (n) => {
    expect(coverage(n, rate, draw, shareInterval)).toBeGreaterThanOrEqual(0.95);
  });
});

describe('what other intervals of a pooled share hold', () => {
  const rare = ITEMS[0] as (typeof ITEMS)[number];

  it('is far less with standard errors: half of the samples of 12 are all zero', () => {
    const normal = (items: readonly { readonly hits: number }[]) => {
      const shares = items.map(({ hits }) => hits / LAYERS);
      const average = mean(shares);
      const squares = shares.reduce((sum, share) => sum + (share - average) ** 2, 0);
      const half = 1.96 * Math.sqrt(squares / (shares.length - 1) / shares.length);
      return { low: average - half, high: average + half };
    };
    expect(coverage(12, rare.rate, rare.draw, normal)).toBeLessThan(0.6);
  });

  it('is less if layers counted as items of their own', () => {
    const pooled = (items: readonly { readonly hits: number }[]) =>
      wilson(
        items.reduce((sum, { hits }) => sum + hits, 0),
        LAYERS * items.length,
      );
    expect(coverage(12, 0.5, (ITEMS[1] as (typeof ITEMS)[number]).draw, pooled)).toBeLessThan(0.7);
  });
});

describe('a mean of what is measured', () => {
  const interval = (values: readonly number[]) => studentMean(values)?.interval;
  const normal = (next: Random): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  it.each([2, 12])('is held at n = %d in 95 of 100 cases, of normal numbers', (n) => {
    const found = coverage(n, 0, normal, interval);
    expect(found).toBeGreaterThan(0.92);
    expect(found).toBeLessThan(0.98);
  });

  it.each([12, 40])('and in 90 at n = %d, of lengths with a long tail', (n) => {
    // Exponential: a standard deviation as large as the mean, skewness 2.
    expect(coverage(n, 30, (next) => -30 * Math.log(1 - next()), interval)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('no interval', () => {
  const item = fc
    .record({ of: fc.integer({ min: 1, max: 28 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ of, part }) => ({ of, hits: Math.round(of * part) }));

  it('of a sampled share has a width of zero, lies beyond 0 and 1, or leaves out its share', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 12 }), (items) => {
        const found = bootstrapShare(items);
        const { low, high } = found?.interval ?? { low: NaN, high: NaN };
        expect(low).toBeLessThan(high);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(found?.mean).toBeGreaterThanOrEqual(low);
        expect(found?.mean).toBeLessThanOrEqual(high);
      }),
      { numRuns: 60 },
    );
  });

  it('of a measured mean has a width of zero', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 1e3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), (values) => {
        const found = studentMean(values);
        if (found?.interval) expect(found.interval.low).toBeLessThan(found.interval.high);
      }),
    );
  });
});
