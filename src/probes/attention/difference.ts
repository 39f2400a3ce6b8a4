import type { LayerRow } from '../../layer-index.ts';
import { mean } from '../../statistics/mean.ts';
import type { Mean } from '../../statistics/mean-interval.ts';
import { studentMean } from '../../statistics/student.ts';
import type { AttentionReading } from './layer-means.ts';
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
  const pairs = pairsOf(records, before, after);
  return Array.from({ length: pairs[0]?.from.length ?? 0 }, (_, layer) => ({
    layer,
    mass: overLayers(pairs, 'mass', layer, layer) as Mean,
    mean: overLayers(pairs, 'mean', layer, layer) as Mean,
  }));
}

/** The same, mean over the layers `from` … `to` (counted from 0, both included). null of no sample. */
export function regionDifference(
  records: readonly AttentionRecord[],
  [before, after]: readonly [before: string, after: string],
  reading: AttentionReading,
  from: LayerRow,
  to: LayerRow,
): Mean | null {
  return overLayers(pairsOf(records, before, after), reading, from, to);
}

interface SamplePair {
  readonly imageTokens: number;
  /** `[layers][heads]` */
  readonly from: readonly (readonly number[])[];
  readonly to: readonly (readonly number[])[];
}

function pairsOf(records: readonly AttentionRecord[], before: string, after: string): readonly SamplePair[] {
  return records.flatMap(({ imageTokens, models }) => {
    const [from, to] = [before, after].map((name) => models.find((one) => one.name === name)?.mass ?? []);
    return from?.length && to?.length ? [{ imageTokens, from, to }] : [];
  });
}

function overLayers(
  pairs: readonly SamplePair[],
  reading: AttentionReading,
  first: LayerRow,
  last: LayerRow,
): Mean | null {
  return studentMean(
    pairs.map(({ imageTokens, from, to }) => {
      const shifts = to.slice(first, last + 1).map((heads, at) => mean(heads) - mean(from[first + at] ?? []));
      return mean(shifts) / (reading === 'mass' ? 1 : imageTokens);
    }),
  );
}
