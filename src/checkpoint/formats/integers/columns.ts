/** Which columns of a matrix share a scale. */
import { matrixOf } from '../encoded.ts';
import type { FileTensor, ReadTensor } from '../safetensors/quantization.ts';
import { wrongTensor } from '../safetensors/parts.ts';

/**
 * Neighbouring columns that share one of `groups` scales, as `g_idx` has it; null where they are out of order (act-order), and
 * the tensor itself has to be looked up.
 *
 * @param gIdx int32 `[columns]`
 * @throws NamedError `InvalidTensor` for a group that has no scale, and where all columns are of the first group although there are more:
 * some programs wrote that and meant the usual order
 */
export async function groupFrom(
  gIdx: FileTensor,
  columns: number,
  groups: number,
  read: ReadTensor,
): Promise<number | null> {
  if (gIdx.dtype !== 'I32' || matrixOf(gIdx.shape).columns !== columns || gIdx.shape.length !== 1) {
    throw wrongTensor(gIdx, `it is not I32 [${columns}], a group for each column`);
  }
  const of = new Int32Array((await read(gIdx)).slice().buffer);
  const outside = of.find((group) => group < 0 || group >= groups);
  if (outside !== undefined)
    throw wrongTensor(gIdx, `a column is of group ${outside}, and there are ${groups}`);
  const second = of.findIndex((group) => group !== of[0]);
  if (second < 0 && groups > 1) {
    throw wrongTensor(gIdx, `all columns are of group ${of[0]}, and there are ${groups}`);
  }
  const group = second < 0 ? columns : second;
  return of.every((other, column) => other === Math.floor(column / group)) ? group : null;
}

/**
 * Neighbouring columns that share one of `groups` scales, by number alone.
 *
 * @param said what the config says, which modules may be excepted from; −1 or null: all columns
 */
export function groupOf(scales: FileTensor, columns: number, groups: number, said: unknown): number {
  if (typeof said === 'number' && said > 0 && Math.ceil(columns / said) === groups) return said;
  if (groups > 0 && columns % groups === 0) return columns / groups;
  throw wrongTensor(scales, `${groups} groups do not divide ${columns} columns`);
}
