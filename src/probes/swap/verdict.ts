import type { Definition, Destination, Truth } from '../answers/judged.ts';
import { changed, destination } from '../answers/judged.ts';
import type { SwapRecord } from './sweep.ts';

/** One swapped answer, judged. */
export interface SwapVerdict {
  readonly changed: boolean;
  readonly went: Destination;
}

/** The source's answer: what the data set states, else what the model says to the source image. */
export function truthOf(record: SwapRecord): Truth {
  return {
    sourceAnswer: record.sourceAnswer === '' ? (record.source?.text ?? '') : record.sourceAnswer,
    ...(record.iouThreshold === undefined ? {} : { iouThreshold: record.iouThreshold }),
  };
}

/** Judges what `answer`, the answer with a swap, is against the record's original one. */
export function judgeSwap(record: SwapRecord, answer: string, definition: Definition): SwapVerdict {
  const truth = truthOf(record);
  const { task, original } = record;
  return {
    changed: changed(task, definition, original.text, answer, truth),
    went: destination(task, original.text, answer, truth),
  };
}

/**
 * Whether the original answer, without any swap, already meets the definition of "changed": under the papers'
 * definition for grounding and recognition, a model that was wrong before.
 */
export function changedBefore(record: SwapRecord, definition: Definition): boolean {
  return changed(record.task, definition, record.original.text, record.original.text, truthOf(record));
}
