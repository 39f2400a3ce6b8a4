import { NamedError } from '../named-error.ts';

/** A closed interval, both ends in the unit of what it is an interval of. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Φ⁻¹(0.975): two-sided 95 %. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval of a share, `hits` of `n`, both ends within [0, 1]. With n = 0 nothing is known: [0, 1].
 * `z` is the normal quantile; default 95 % (Wilson 1927, without continuity correction).
 *
 * @throws NamedError `NotACount` unless 0 ≤ hits ≤ n are whole.
 */
export function wilson(hits: number, n: number, z = Z_95): Interval {
  checkCounts(hits, n);
  if (n === 0) return { low: 0, high: 1 };
  const share = hits / n;
  const square = z * z;
  const middle = (share + square / (2 * n)) / (1 + square / n);
  const half = (z / (1 + square / n)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
  // Rounding must not leave a crumb where the interval touches an end.
  return {
    low: hits === 0 ? 0 : Math.max(0, middle - half),
    high: hits === n ? 1 : Math.min(1, middle + half),
  };
}

function checkCounts(hits: number, n: number): void {
  if (Number.isInteger(hits) && Number.isInteger(n) && hits >= 0 && hits <= n) return;
  throw new NamedError(
    'NotACount',
    `${hits} of ${n} is not a share`,
    {},
    'give whole numbers with 0 ≤ hits ≤ n',
  );
}
