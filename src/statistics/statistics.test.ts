import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INTERVAL_KINDS } from '../interval-kinds.mjs';
import { bootstrapMean, bootstrapShare, quantile } from './bootstrap.ts';
import { holm } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import { comparePaired, pairedInterval } from './paired.ts';
import { studentMean, studentQuantile } from './student.ts';
import { wilson } from './wilson.ts';

interface OfShare {
  readonly hits: number;
  readonly n: number;
  readonly low: number;
  readonly high: number;
}

interface Golden {
  readonly wilson: readonly OfShare[];
  readonly clopperPearson: readonly OfShare[];
  readonly student: readonly { readonly freedom: number; readonly quantile: number }[];
  readonly mcnemar: readonly {
    readonly lost: number;
    readonly gained: number;
    readonly mcnemar: number;
    readonly binomial: number;
  }[];
  readonly holm: readonly { readonly p: readonly number[]; readonly adjusted: readonly number[] }[];
  readonly paired: readonly {
    readonly table: readonly [number, number, number, number];
    readonly low: number;
    readonly high: number;
  }[];
}

const file = new URL('../../tools/goldens/data/grading/statistics.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

/** Digits that agree with SciPy and statsmodels. */
const DIGITS = 10;

describe('statistics, against SciPy and statsmodels', () => {
  it.each(golden.wilson)('Wilson $hits of $n', ({ hits, n, low, high }) => {
    expect(wilson(hits, n).low).toBeCloseTo(low, DIGITS);
    expect(wilson(hits, n).high).toBeCloseTo(high, DIGITS);
  });

  it.each(golden.clopperPearson)('the bootstrap of $hits yes of $n is Clopper’s and Pearson’s', (of) => {
    const items = Array.from({ length: of.n }, (_, item) => ({ hits: item < of.hits ? 1 : 0, of: 1 }));
    const found = bootstrapShare(items)?.interval;
    // Three standard errors of an end of 4000 resamples, where its tail is long.
    const off = 0.08 * (of.high - of.low);
    expect(Math.abs((found?.low ?? NaN) - of.low)).toBeLessThan(off);
    expect(Math.abs((found?.high ?? NaN) - of.high)).toBeLessThan(off);
  });

  it.each(golden.student)('Student’s quantile, $freedom degrees of freedom', ({ freedom, quantile: at }) => {
    expect(studentQuantile(freedom)).toBeCloseTo(at, DIGITS);
  });

  it.each(golden.mcnemar)('McNemar $lost : $gained', ({ lost, gained, mcnemar, binomial }) => {
    expect(mcnemarExact(lost, gained)).toBeCloseTo(mcnemar, DIGITS);
    expect(mcnemarExact(lost, gained)).toBeCloseTo(binomial, DIGITS);
  });

  it.each(golden.holm)('Holm of $p', ({ p, adjusted }) => {
    holm(p).forEach((value, index) => expect(value).toBeCloseTo(adjusted[index] ?? NaN, DIGITS));
    expect(holm(p)).toHaveLength(adjusted.length);
  });

  it.each(golden.paired)('Newcombe of $table', ({ table: [both, lost, gained, neither], low, high }) => {
    const interval = pairedInterval({ both, lost, gained, neither });
    expect(interval.low).toBeCloseTo(low, DIGITS);
    expect(interval.high).toBeCloseTo(high, DIGITS);
  });
});

describe('statistics', () => {
  it('knows nothing from no samples', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(comparePaired([], [])).toMatchObject({ n: 0, delta: 0, p: 1 });
  });

  it('counts pairs by direction', () => {
    const compared = comparePaired([true, true, false, false, true], [true, false, true, true, false]);
    expect(compared).toMatchObject({ n: 5, lost: 2, gained: 2, delta: 0, p: 1 });
    expect(comparePaired([false, false, true], [true, true, true])).toMatchObject({ lost: 0, gained: 2 });
  });

  it('refuses counts that are none', () => {
    expect(() => wilson(3, 2)).toThrow('3 of 2');
    expect(() => wilson(-1, 2)).toThrow('-1 of 2');
    expect(() => mcnemarExact(0.5, 2)).toThrow('0.5');
  });

  it('bootstraps a mean as the normal approximation does for many values', () => {
    const values = Array.from({ length: 400 }, (_, index) => (index * 37) % 101);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const half = (1.96 * spread) / Math.sqrt(values.length);
    const found = bootstrapMean(values, { low: 0, high: 100 });
    expect(found?.mean).toBeCloseTo(mean, DIGITS);
    expect(Math.abs((found?.interval?.low ?? NaN) - (mean - half))).toBeLessThan(0.08 * half);
    expect(Math.abs((found?.interval?.high ?? NaN) - (mean + half))).toBeLessThan(0.08 * half);
    expect(bootstrapMean(values, { low: 0, high: 100 })).toEqual(found);
    // One scale on another: the same interval, moved and stretched.
    const moved = bootstrapMean(
      values.map((value) => 3 - value / 50),
      { low: 1, high: 3 },
    );
    expect(moved?.interval?.low).toBeCloseTo(3 - (found?.interval?.high ?? NaN) / 50, 2);
  });

  it('gives a mean of measured numbers Student’s interval, and none where nothing tells how they spread', () => {
    const found = studentMean([1, 2, 3, 6]);
    // s² = (4 + 1 + 0 + 9) / 3, standard error √(14 / 12), quantile 3.182446 of 3 degrees of freedom.
    expect(found?.mean).toBe(3);
    expect(found?.interval?.high).toBeCloseTo(3 + 3.182446 * Math.sqrt(14 / 12), 5);
    expect(studentMean([1, 2, 3, 6], { low: 0 })?.interval?.low).toBe(0);
    expect(studentMean([2])).toEqual({ mean: 2, interval: null, n: 1 });
    expect(studentMean([0.1, 0.1, 0.1])?.interval).toBeNull();
    expect(studentMean([])).toBeNull();
    expect(bootstrapShare([])).toBeNull();
  });

  it('refuses an item of nothing, and numbers beyond their ends', () => {
    expect(() => bootstrapShare([{ hits: 0, of: 0 }])).toThrow('0 of 0');
    expect(() => bootstrapMean([2], { low: 0, high: 1 })).toThrow('2 of 1');
  });

  it('names the seed of its bootstrap', () => {
    expect(INTERVAL_KINDS.bootstrap).toContain('seed 0');
  });

  it('interpolates quantiles as NumPy does', () => {
    expect([0, 0.1, 0.5, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 1.3, 3, 8]);
  });
});
