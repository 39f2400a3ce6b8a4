import { NamedError } from '../named-error.ts';
import type { Interval } from './wilson.ts';

/** Resamples: the ends of a 95 % interval then vary by about 1 % of its width. */
export const RESAMPLES = 10_000;

/**
 * Percentile bootstrap interval of a mean, for values that are no yes or no (token counts, rewards, partial credit).
 * `random` gives numbers in [0, 1) and comes with its seed from the caller, so that the interval is the same again.
 * One value, or none, has no spread to resample: the interval is that value, or refused.
 *
 * @throws NamedError `NoSamples` for an empty list.
 */
export function bootstrapMean(
  values: readonly number[],
  random: () => number,
  { level = 0.95, resamples = RESAMPLES }: { readonly level?: number; readonly resamples?: number } = {},
): Interval {
  if (values.length === 0) {
    throw new NamedError(
      'NoSamples',
      'an interval of no values was asked for',
      {},
      'give at least one value',
    );
  }
  const means = new Float64Array(resamples);
  for (let at = 0; at < resamples; at++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0;
    means[at] = sum / values.length;
  }
  means.sort();
  return { low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2) };
}

/** Linear between order statistics, as NumPy's default. `sorted` ascends. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN];
  return low + (high - low) * (place - below);
}
