import { sampleIndices } from '../../probes/sampling/choice.ts';
import type { ItemSets } from './item-sets.ts';

/** The reference's seed and number of samples (docs/method.md §7.2). */
export const SAMPLE_SEED = 123;
export const SAMPLE_COUNT = 100;

/** `count` of the samples, drawn as NumPy draws them, in their order; all where there are no more. */
export function drawSamples<Sample>(
  samples: readonly Sample[],
  count = SAMPLE_COUNT,
  seed = SAMPLE_SEED,
): readonly Sample[] {
  return sampleIndices(samples.length, count, seed).flatMap((index) => samples[index] ?? []);
}

/** `count` of each set; all where that is null. */
export function drawSets(sets: ItemSets, count: number | null, seed: number): ItemSets {
  const drawn = <Sample>(set: readonly Sample[]): readonly Sample[] =>
    drawSamples(set, count ?? set.length, seed);
  return {
    general: drawn(sets.general),
    mathTargeted: drawn(sets.mathTargeted),
    textOnly: drawn(sets.textOnly),
    puzzles: drawn(sets.puzzles),
  };
}
