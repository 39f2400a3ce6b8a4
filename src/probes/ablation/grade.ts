import { extractAnswer } from '../../grading/answers/extraction.ts';
import { gradeResponse as grade } from '../../grading/grade.ts';
import { ABLATION_TOLERANCE } from '../../grading/mathematics/equivalence.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import type { AblationRecord } from './sweep.ts';

export interface Graded {
  /** The answer as it was read out of the response; empty where there is none. */
  readonly predicted: string;
  readonly correct: boolean;
  /** It took more steps than an answer is worth, and counts as not right. */
  readonly undecided?: true;
}

/**
 * Right or wrong as in evaluation, but that numbers may differ by 1 % (docs/method.md §3). What is no answer by §3 is not told
 * as one: only to a question about an image a response may stand for itself.
 */
export function gradeResponse(
  { answer, choices, hasImage }: Pick<AblationRecord, 'answer' | 'choices' | 'hasImage'>,
  response: string,
): Graded {
  const question = { answer, ...(choices ? { choices } : {}) };
  const { predicted, correct, rule } = grade(question, response, { relativeTolerance: ABLATION_TOLERANCE });
  return {
    predicted: correct ? predicted.text : extractAnswer(response, { whole: hasImage }).text,
    correct,
    ...(rule === NOT_DECIDED ? { undecided: true } : {}),
  };
}

/** Grades of responses, each found once: every chart asks again with each new record. */
const GRADES = new WeakMap<object, { readonly record: object; readonly graded: Graded }>();

/** The grade of what was said to a record's question. */
export function gradeSaid(
  record: Pick<AblationRecord, 'answer' | 'choices' | 'hasImage'>,
  said: { readonly text: string },
): Graded {
  const known = GRADES.get(said);
  if (known?.record === record) return known.graded;
  const graded = gradeResponse(record, said.text);
  GRADES.set(said, { record, graded });
  return graded;
}
