import type { Dtype } from '../../checkpoint/dtype.ts';
import { floatToHalf } from '../../checkpoint/float16.ts';
import { NamedError } from '../../named-error.ts';

/** What a computed tensor can be stored as. */
export const COMPUTED_DTYPES = ['BF16', 'F16', 'F32'] as const satisfies readonly Dtype[];
export type ComputedDtype = (typeof COMPUTED_DTYPES)[number];

export function isComputedDtype(dtype: Dtype): dtype is ComputedDtype {
  return (COMPUTED_DTYPES as readonly Dtype[]).includes(dtype);
}

/**
 * Little-endian bytes of float32 values in a dtype, each rounded once, to nearest with ties to even. NaN stays NaN;
 * beyond the largest finite value of BF16 lies infinity, as in PyTorch.
 *
 * @throws NamedError `WeightOverflow` where a finite value has no finite half.
 */
export function encode(
  values: Float32Array<ArrayBuffer>,
  dtype: ComputedDtype,
  tensor: string,
): Uint8Array<ArrayBuffer> {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const codes = new Uint16Array(values.length);
  if (dtype === 'BF16') encodeBfloat16(values, codes);
  else encodeHalf(values, codes, tensor);
  return new Uint8Array(codes.buffer);
}

/** A bfloat16 is the upper half of a float32; adding half a unit less one, plus the lowest kept bit, rounds to even. */
function encodeBfloat16(values: Float32Array<ArrayBuffer>, codes: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i += 1) {
    const word = bits[i] as number;
    const isNaN = (word & 0x7fffffff) > 0x7f800000;
    codes[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
}

const HALF_INFINITY = 0x7c00;

function encodeHalf(values: Float32Array, codes: Uint16Array, tensor: string): void {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    const code = floatToHalf(value);
    if ((code & 0x7fff) === HALF_INFINITY && Number.isFinite(value)) {
      throw new NamedError(
        'WeightOverflow',
        `a merged weight of ${value} does not fit half precision (largest 65504)`,
        { tensor },
        'take the non-layer tensors from a checkpoint in bfloat16 or float32: computed tensors have its dtype',
      );
    }
    codes[i] = code;
  }
}
