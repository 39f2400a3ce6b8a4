/** Plain values, which lie in a file of a quantized checkpoint: read as they are stored. */
import { toFloat32 } from '../../decoding.ts';
import type { Dtype } from '../../dtype.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import type { Codec, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';

export interface StoredCoding {
  readonly dtype: Dtype;
}

type Tensor = EncodedTensor<string, StoredCoding>;

/** One part, `values`. */
export const stored: Codec<StoredCoding> = {
  ranges: (tensor: Tensor, { first, count }: Rows): Readonly<Record<'values', PartRange>> => {
    const rowBytes = matrixOf(tensor.shape).columns * DTYPE_BYTES[tensor.coding.dtype];
    return { values: { start: first * rowBytes, end: (first + count) * rowBytes } };
  },
  decode: (tensor: Tensor, { values }: PartBytes) =>
    toFloat32(values ?? new Uint8Array(0), tensor.coding.dtype),
  quantized: () => false,
  roundingEnergy: () => 0,
};
