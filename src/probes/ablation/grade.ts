import { extractAnswer } from '../../grading/answers/extraction.ts';
import { gradeResponse as grade } from '../../grading/grade.ts';
import { ABLATION_TOLERANCE } from '../../grading/mathematics/equivalence.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import { tagged } from '../../tagged.ts';
import type { FinishedAnswer } from '../finished-answer.ts';
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

/** What grading has to know of an answer. */
export interface AblationRequest extends Pick<AblationRecord, 'answer' | 'choices' | 'hasImage'> {
  readonly response: string;
}

/** A grade, and which tags the response has. */
export interface GradedResponse extends Graded {
  readonly withAnswerTag: boolean;
  readonly withThought: boolean;
}

export function gradeRequested({ response, ...question }: AblationRequest): GradedResponse {
  const has = (tag: 'answer' | 'think'): boolean => !tagged(response, tag).next().done;
  return {
    ...gradeResponse(question, response),
    withAnswerTag: has('answer'),
    withThought: has('think'),
  };
}

/** Grades of responses, each found once: every chart asks again with each new record. */
const GRADES = new WeakMap<object, { readonly record: object; readonly graded: GradedResponse }>();

type Question = Pick<AblationRecord, 'answer' | 'choices' | 'hasImage'>;
type Response = Pick<FinishedAnswer, 'text'>;

/** The grade of what was said to a record's question: what is kept of it, else found here and now. */
export function gradeOf(record: Question, said: Response): GradedResponse {
  const known = GRADES.get(said);
  if (known?.record === record) return known.graded;
  const graded = gradeRequested(requestOf(record, said));
  keepGrade(record, said, graded);
  return graded;
}

export function requestOf({ answer, choices, hasImage }: Question, { text }: Response): AblationRequest {
  return { answer, hasImage, response: text, ...(choices ? { choices } : {}) };
}

/** Whether the grade was found before. */
export function isGraded(record: Question, said: Response): boolean {
  return GRADES.get(said)?.record === record;
}

/** Keeps a grade that was found elsewhere: in a worker. */
export function keepGrade(record: Question, said: Response, graded: GradedResponse): void {
  GRADES.set(said, { record, graded });
}
