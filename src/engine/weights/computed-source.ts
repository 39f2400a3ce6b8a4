import { readRange } from '../../checkpoint/byte-source.ts';
import type { ReadAndConvert } from './load.ts';

/**
 * Lets threads that take Files and Blobs convert any source: one whose bytes are computed (a merge) is read in the
 * calling thread, a piece at a time, and the piece is handed over.
 */
export function convertAnySource(convert: ReadAndConvert): ReadAndConvert {
  return async (source, range, task) => {
    if (source instanceof Blob) return convert(source, range, task);
    const { file, start, end } = range;
    const bytes = await readRange(source, start, end, { file, tensor: task.tensor });
    return convert(new File([bytes], file), { file, start: 0, end: end - start }, task);
  };
}
