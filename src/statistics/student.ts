import { mean } from './mean.ts';
import type { Mean } from './mean-interval.ts';
import type { Interval } from './wilson.ts';

/**
 * A mean over items of numbers that were measured or counted (attention, tokens, nats), ± Student's quantile × standard error, n − 1
 * (docs/method.md §13). One item, or several that are all the same, do not say how far others would lie: no interval.
 *
 * @param ends that no number can lie beyond: the interval is cut there
 * @returns null of no items
 */
export function studentMean(values: readonly number[], ends: Partial<Interval> = {}): Mean | null {
  const n = values.length;
  if (n === 0) return null;
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const alike = values.every((value) => value === values[0]);
  const half = alike ? 0 : studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  const low = Math.max(ends.low ?? -Infinity, average - half);
  const high = Math.min(ends.high ?? Infinity, average + half);
  return { mean: average, interval: !alike && low < high ? { low, high } : null, n };
}

/** The 97.5 % quantile of Student's distribution, by bisection; `freedom` is whole and at least 1. */
export function studentQuantile(freedom: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (within(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/** P(|T| ≤ √ν tan θ) of Student's T with ν degrees of freedom, a finite sum (Abramowitz and Stegun 26.7.3, 26.7.4). */
function within(theta: number, freedom: number): number {
  const odd = freedom % 2 === 1;
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  let term = odd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < freedom; k += 2) {
    term *= (cosine ** 2 * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}
