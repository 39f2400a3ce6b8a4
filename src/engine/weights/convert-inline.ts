import { readRange } from '../../checkpoint/byte-source.ts';
import { encodedAt } from '../../checkpoint/formats/sent-source.ts';
import { hashPart } from '../../checkpoint/whole-hash/part.ts';
import { blockArrays } from './convert.ts';
import { preparedConversion } from './convert-kernels.ts';
import type { ReadAndConvert } from './load.ts';

/**
 * Reads and converts in the calling thread; codes in blocks are moved as they are stored. The browser digests what was read beside it.
 *
 * @throws NamedError those of `readRange` and `convertRows`.
 */
export const inlineConvert: ReadAndConvert = async (source, { file, start, end }, task) => {
  if (task.asStored !== null) {
    const encoded = encodedAt(source, start);
    if (!encoded) throw new RangeError(`${task.tensor} is not stored in blocks`);
    const packed = await encoded.packed({ first: task.asStored, count: task.rows }, task.block);
    return { arrays: blockArrays(packed, task), error: null, part: null };
  }
  const [bytes, convert] = await Promise.all([
    readRange(source, start, end, { file, tensor: task.tensor }),
    preparedConversion(),
  ]);
  const part = hashPart(bytes, task.place);
  const converted = convert(bytes, task);
  return { ...converted, part: await part };
};
