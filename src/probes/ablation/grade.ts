import { chosenOption } from '../../grading/answers/choice.ts';
import { exactlyRight } from '../../grading/answers/exact.ts';
import { extractAnswer } from '../../grading/answers/extraction.ts';
import { ABLATION_TOLERANCE, equivalent } from '../../grading/mathematics/equivalence.ts';
import type { AblationRecord } from './sweep.ts';

export interface Graded {
  /** The answer as it was read out of the response; empty where there is none. */
  readonly predicted: string;
  readonly correct: boolean;
}

/**
 * Right or wrong by method.md §3: the answer tag, else the last box, else "answer is", else the last number (to questions
 * about images a whole short response may be the answer); equal as text, as mathematics, or within 1 %. Of choices,
 * the same option.
 */
export function gradeResponse(
  { answer, choices, hasImage }: Pick<AblationRecord, 'answer' | 'choices' | 'hasImage'>,
  response: string,
): Graded {
  const predicted = extractAnswer(response, { whole: hasImage }).text;
  if (predicted === '') return { predicted, correct: false };
  if (exactlyRight(answer, predicted)) return { predicted, correct: true };
  if (choices) {
    const right = chosenOption(answer, choices);
    if (right !== undefined) return { predicted, correct: chosenOption(predicted, choices) === right };
  }
  return { predicted, correct: equivalent(answer, predicted, { relativeTolerance: ABLATION_TOLERANCE }) };
}
