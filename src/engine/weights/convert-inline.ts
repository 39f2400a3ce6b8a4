import { readRange } from '../../checkpoint/byte-source.ts';
import { hashPart } from '../../checkpoint/whole-hash/part.ts';
import { convertRows } from './convert.ts';
import type { ReadAndConvert } from './load.ts';

/**
 * Reads and converts in the calling thread; the browser digests what was read beside it.
 *
 * @throws NamedError those of `readRange` and `convertRows`.
 */
export const inlineConvert: ReadAndConvert = async (source, { file, start, end }, task) => {
  const bytes = await readRange(source, start, end, { file, tensor: task.tensor });
  const part = hashPart(bytes, task.place);
  const converted = convertRows(bytes, task);
  return { ...converted, part: await part };
};
