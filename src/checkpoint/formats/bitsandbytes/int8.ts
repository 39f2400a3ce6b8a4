/**
 * bitsandbytes' LLM.int8: an integer for each value, and for each row its largest magnitude (`SCB`), which 127 stands for.
 *
 * The value is (code · SCB, rounded to float32) · (1/127 in float32), rounded again: so `int8_vectorwise_dequant` of bitsandbytes
 * 0.50.2 computes it. Two roundings are not one: no scale in float32 gives the same products, so that the codes do not map
 * onto `MatMulNBits` exactly.
 */
import { toFloat32 } from '../../decoding.ts';
import type { Dtype } from '../../dtype.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import type { Codec, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';

export interface RowInt8Coding {
  /** What SCB is stored in. */
  readonly scale: Extract<Dtype, 'F32' | 'F16' | 'BF16'>;
}

type Tensor = EncodedTensor<string, RowInt8Coding>;

/** 1/127, as the library has it. */
const UNIT = Math.fround(7.874015718698502e-3);

/** Parts `codes` and `scale`. */
export const rowInt8: Codec<RowInt8Coding> = {
  ranges: ({ shape, coding }: Tensor, { first, count }: Rows): Readonly<Record<string, PartRange>> => {
    const { columns } = matrixOf(shape);
    const size = DTYPE_BYTES[coding.scale];
    return {
      codes: { start: first * columns, end: (first + count) * columns },
      scale: { start: first * size, end: (first + count) * size },
    };
  },
  decode: (tensor, { codes = new Uint8Array(0), scale }, { count }) => {
    const { columns } = matrixOf(tensor.shape);
    const integers = new Int8Array(codes.buffer, codes.byteOffset, codes.length);
    const out = new Float32Array(count * columns);
    toRows(tensor, scale).forEach((largest, row) => {
      for (let at = row * columns; at < (row + 1) * columns; at += 1) {
        out[at] = Math.fround((integers[at] as number) * largest) * UNIT;
      }
    });
    return out;
  },
  // A row's values are evenly spaced.
  roundingEnergy: (tensor, { scale }) =>
    toRows(tensor, scale).reduce(
      (sum, largest) => sum + (matrixOf(tensor.shape).columns * (largest * UNIT) ** 2) / 12,
      0,
    ),
};

function toRows({ coding }: Tensor, scale: PartBytes[string] | undefined): Float32Array {
  return toFloat32(scale ?? new Uint8Array(0), coding.scale);
}
