import type { LayerRow } from '../../layer-index.ts';
import { mean } from '../../statistics/mean.ts';
import type { Mean } from '../../statistics/mean-interval.ts';
import { studentMean } from '../../statistics/student.ts';
import type { AttentionRecord } from './shift.ts';

/** How much more a model attends to the image than another in one layer, over samples. */
export interface AttentionDifference {
  /** Counted from 0. */
  readonly layer: LayerRow;
  /** Of the sum over the image's tokens, and of that divided by their number. */
  readonly mass: Mean;
  readonly mean: Mean;
}

/**
 * Attention onto the image of the model `after` minus that of `before`, per layer: the mean of each sample's difference, so that what
 * samples have in common drops out of the interval (docs/method.md §4). Of samples in which both had a token to look from.
 */
export function attentionDifference(
  records: readonly AttentionRecord[],
  before: string,
  after: string,
): readonly AttentionDifference[] {
  const pairs = records.flatMap(({ imageTokens, models }) => {
    const [from, to] = [before, after].map((name) => models.find((one) => one.name === name)?.mass ?? []);
    return from?.length && to?.length ? [{ imageTokens, from, to }] : [];
  });
  return Array.from({ length: pairs[0]?.from.length ?? 0 }, (_, layer) => {
    const shifts = pairs.map(({ imageTokens, from, to }) => {
      const mass = mean(to[layer] ?? []) - mean(from[layer] ?? []);
      return { mass, mean: mass / imageTokens };
    });
    return {
      layer,
      mass: studentMean(shifts.map(({ mass }) => mass)) as Mean,
      mean: studentMean(shifts.map((shift) => shift.mean)) as Mean,
    };
  });
}
