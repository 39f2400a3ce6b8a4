/** Did the swap change the answer, and where did the answer go (docs/method.md §2.2). */
import type { Box } from '../../grading/answers/box.ts';
import { LEAST_OVERLAP, intersectionOverUnion } from '../../grading/answers/box.ts';
import type { Task } from '../task.ts';
import { parseBox } from './box.ts';
import { parseCount } from './count.ts';
import { finalAnswer } from './final-answer.ts';
import { normaliseAnswer, sameText } from './normalise.ts';
import { parseYesNo } from './yes-no.ts';

/** Whose definition of "changed": the papers' per task, or the reference implementation's for all tasks alike. */
export type Definition = 'paper' | 'reference';

/** Where the answer of a swapped run went. */
export type Destination = 'unchanged' | 'source' | 'elsewhere';

/** What a swapped answer is judged by. */
export interface Truth {
  /** The answer that the source image has: a word, a number, "No", or a box as text. */
  readonly sourceAnswer: string;
  /** Overlap beyond which two boxes are the same place. */
  readonly iouThreshold?: number;
}

/**
 * Whether the answer changed. `paper`: ocr, the text differs; counting, the count differs; grounding, the box
 * overlaps the *source's* (IoU > threshold); recognition, the answer is the source's ("No"). The last two do not look at
 * the original answer, so a model that was wrong before the swap counts as changed: compare with their rate
 * without a swap (`changed` of the original answer itself). `reference`: the whole responses differ, by
 * `sameText`, whatever the task.
 */
export function changed(
  task: Task,
  definition: Definition,
  original: string,
  swapped: string,
  truth: Truth,
): boolean {
  if (definition === 'reference') return !sameText(original, swapped);
  if (task === 'grounding' || task === 'recognition')
    return isAnswer(task, swapped, truth.sourceAnswer, truth);
  return !sameAnswer(task, original, swapped);
}

/**
 * `unchanged` where the swapped answer is the original one (the same word, count, yes or no; boxes that overlap),
 * `source` where it is the source image's, else `elsewhere`.
 */
export function destination(task: Task, original: string, swapped: string, truth: Truth): Destination {
  if (sameAnswer(task, original, swapped, truth.iouThreshold)) return 'unchanged';
  return isAnswer(task, swapped, truth.sourceAnswer, truth) ? 'source' : 'elsewhere';
}

/** Whether two responses give the same answer, read as the task's; what cannot be read is compared as text. */
export function sameAnswer(task: Task, a: string, b: string, iouThreshold = LEAST_OVERLAP): boolean {
  const [left, right] = [finalAnswer(a), finalAnswer(b)];
  const [first, second] = [read(task, left), read(task, right)];
  if (first === null && second === null) return normaliseAnswer(left) === normaliseAnswer(right);
  if (first === null || second === null) return false;
  if (Array.isArray(first))
    return intersectionOverUnion(first as unknown as Box, second as Box) > iouThreshold;
  return first === second;
}

/** Whether a response gives the answer `truth` that a data set states. */
export function isAnswer(
  task: Task,
  response: string,
  truth: string,
  { iouThreshold }: Partial<Truth> = {},
): boolean {
  return truth !== '' && sameAnswer(task, response, truth, iouThreshold);
}

/** The answer as the task's kind of thing; null where the text holds none. */
function read(task: Task, answer: string): string | number | Box | null {
  switch (task) {
    case 'ocr':
      return normaliseAnswer(answer);
    case 'counting':
      return parseCount(answer);
    case 'grounding':
      return parseBox(answer);
    case 'recognition':
      return parseYesNo(answer);
  }
}
