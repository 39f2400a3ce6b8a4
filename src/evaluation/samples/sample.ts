import type { Gradable } from '../../grading/grade.ts';

/** A question that an evaluation asks. */
export interface EvaluationSample extends Gradable {
  readonly id: string;
  readonly question: string;
  readonly image?: Blob;
  /** What the image shows, without the answer: stands in for the image. */
  readonly description?: string;
  /** MathVista's category, or a puzzle's family. */
  readonly category?: string;
  /** Puzzles: whether the demo family was trained on the family. */
  readonly domain?: string;
  readonly level?: number;
}
