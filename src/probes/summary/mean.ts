import type { Interval } from '../../statistics/wilson.ts';
import { Z_95 } from '../../statistics/wilson.ts';
import { mean } from '../../statistics/mean.ts';

/** A mean over samples with its 95 % interval. */
export interface Mean {
  readonly mean: number;
  readonly interval: Interval;
  readonly n: number;
}

/** Mean ± 1.96 standard errors (sample standard deviation, n − 1); null of nothing. One value has no spread. */
export function meanOf(values: readonly number[]): Mean | null {
  const n = values.length;
  if (n === 0) return null;
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const half = n > 1 ? Z_95 * Math.sqrt(squares / (n - 1) / n) : 0;
  return { mean: average, interval: { low: average - half, high: average + half }, n };
}

/** The middle value, the mean of the two middle ones for an even number; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}
