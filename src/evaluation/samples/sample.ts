import type { Gradable } from '../../grading/grade.ts';
import type { Pictured } from '../../probes/data/picture.ts';

/** A question that an evaluation asks. */
export interface EvaluationSample extends Gradable, Pictured {
  readonly id: string;
  readonly question: string;
  /** What the image shows, without the answer: stands in for the image. */
  readonly description?: string;
  /** MathVista's category, or a puzzle's family. */
  readonly category?: string;
  /** Puzzles: whether the demo family was trained on the family. */
  readonly domain?: string;
  readonly level?: number;
}
