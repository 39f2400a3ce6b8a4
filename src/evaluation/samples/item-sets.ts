import type { EvaluationSample } from './sample.ts';

/** Samples by what they are good for. */
export interface ItemSets {
  readonly general: readonly EvaluationSample[];
  readonly mathTargeted: readonly EvaluationSample[];
  readonly textOnly: readonly EvaluationSample[];
  /** With an image and its description, of any other category: image against text. */
  readonly puzzles: readonly EvaluationSample[];
}
