/** Plain values stored column by column: `[columns, rows]`, as a product takes its right side. */
import { toFloat32 } from '../../decoding.ts';
import type { Dtype } from '../../dtype.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import type { Codec, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';

export interface TransposedCoding {
  readonly dtype: Extract<Dtype, 'F32' | 'F16' | 'BF16'>;
  /** Values from one stored row to the next: the tensor's rows, and those of others beside it. */
  readonly pitch: number;
  /** The stored column that is the tensor's first row. */
  readonly first: number;
}

type Tensor = EncodedTensor<string, TransposedCoding>;

/** Rows that are turned round at once, so that what is written stays near. */
const TILE = 32;

/** One part, `values`, of which every run of rows wants all. */
export const transposed: Codec<TransposedCoding> = {
  ranges: ({ parts }: Tensor): Readonly<Record<'values', PartRange>> => {
    const { start = 0, end = 0 } = parts['values'] ?? {};
    return { values: { start: 0, end: end - start } };
  },
  decode: ({ shape, coding }: Tensor, { values = new Uint8Array(0) }: PartBytes, rows: Rows) => {
    const { columns } = matrixOf(shape);
    const { dtype, pitch, first } = coding;
    const Words = DTYPE_BYTES[dtype] === 2 ? Uint16Array : Uint32Array;
    const stored = new Words(values.buffer, values.byteOffset, values.length / Words.BYTES_PER_ELEMENT);
    const words = new Words(rows.count * columns);
    for (let row = 0; row < rows.count; row += TILE) {
      const width = Math.min(TILE, rows.count - row);
      for (let column = 0; column < columns; column += 1) {
        const from = column * pitch + first + rows.first + row;
        for (let at = 0; at < width; at += 1)
          words[(row + at) * columns + column] = stored[from + at] as number;
      }
    }
    return toFloat32(new Uint8Array(words.buffer), dtype);
  },
  quantized: () => false,
  roundingEnergy: () => 0,
};
