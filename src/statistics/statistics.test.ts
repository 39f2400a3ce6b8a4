import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootstrapMean, quantile } from './bootstrap.ts';
import { holm } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import { comparePaired, pairedInterval } from './paired.ts';
import { wilson } from './wilson.ts';
import { seededRandom } from '../work/seeded-random.ts';

interface Golden {
  readonly wilson: readonly {
    readonly hits: number;
    readonly n: number;
    readonly low: number;
    readonly high: number;
  }[];
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
    const interval = bootstrapMean(values, seededRandom(7));
    expect(Math.abs(interval.low - (mean - half))).toBeLessThan(0.05 * half);
    expect(Math.abs(interval.high - (mean + half))).toBeLessThan(0.05 * half);
    expect(bootstrapMean(values, seededRandom(7))).toEqual(interval);
  });

  it('interpolates quantiles as NumPy does', () => {
    expect([0, 0.1, 0.5, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 1.3, 3, 8]);
  });
});
