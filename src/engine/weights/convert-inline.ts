import { readRange } from '../../checkpoint/byte-source.ts';
import { convertRows } from './convert.ts';
import type { ReadAndConvert } from './load.ts';

/**
 * Reads and converts in the calling thread.
 *
 * @throws NamedError those of `readRange` and `convertRows`.
 */
export const inlineConvert: ReadAndConvert = async (source, { file, start, end }, task) =>
  convertRows(await readRange(source, start, end, { file, tensor: task.tensor }), task);
