/** What is told of a run's seconds beforehand: by runs that were measured here, else by the device's rates. */
import { medianOf } from '../../statistics/median.ts';

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Seconds that a run took, over those that the closed form gives by the same speeds; the latest last. */
export type Factors = readonly number[];

export interface Known {
  /** Of the same analysis on the same device. */
  readonly same: Factors;
  /** Of others on it. */
  readonly others: Factors;
}

/** Of the same analysis: as far as measured ones lie apart, and at least a fifth. */
const SAME = 1.2;
/** Of another one: rows share more or less. */
const OTHERS = 2;
/** Of no run at all: by the device's rates alone (docs/cost.md says how far that was off). */
const RATES = 3;
/** Runs that count. */
export const KEPT_FACTORS = 5;

/**
 * From least to most, in seconds; null where nothing was measured on the device.
 *
 * @param byRates what the closed form gives, and whether its speeds are this device's
 */
export function toldSeconds(
  byRates: { readonly seconds: number; readonly measured: boolean },
  { same, others }: Known,
): Range | null {
  const { seconds, measured } = byRates;
  if (same.length > 0) {
    const middle = medianOf(same);
    return {
      least: seconds * Math.min(...same, middle / SAME),
      most: seconds * Math.max(...same, middle * SAME),
    };
  }
  const wide = (factor: number, by: number): Range => ({
    least: (seconds * factor) / by,
    most: seconds * factor * by,
  });
  if (others.length > 0) return wide(medianOf(others), OTHERS);
  return measured ? wide(1, RATES) : null;
}
