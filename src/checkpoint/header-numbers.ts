/** Numbers of a safetensors header, as strictly as the format's own reader (safetensors 0.8, serde) takes them. */
import type { Dtype, UnreadDtype } from './dtype.ts';
import { bitsOf } from './dtype.ts';

const UNSIGNED = /^(?:0|[1-9]\d*)$/;
/** Sizes are counted in 64 bits. */
const MAX_SIZE = 2n ** 64n - 1n;
/** Digits that stand for a number from here on, short of the largest float64, may round beyond it on the way there. */
const MAX_FLOAT = 1.797693134862315e308;

/** A number that is no size: with a sign, a point or an exponent, or beyond what JavaScript counts exactly. */
export class NoSize {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** A size as a number, any other number as it is written; undefined beyond float64, which no JSON reader of Rust's takes. */
export function headerNumber(digits: string): number | NoSize | undefined {
  const value = Number(digits);
  if (!(Math.abs(value) < MAX_FLOAT)) return undefined;
  return UNSIGNED.test(digits) && Number.isSafeInteger(value) ? value : new NoSize(digits);
}

/**
 * Bits that a tensor takes. Dims are multiplied from the first to the last, so that `[0, 2³², 2³²]` takes none, and
 * `[2³², 2³², 0]`, whose first two dims overflow 64 bits, is undefined: the format's reader refuses it.
 */
export function bitsOfTensor(dtype: Dtype | UnreadDtype, shape: readonly number[]): bigint | undefined {
  let product = 1n;
  for (const dim of [...shape, bitsOf(dtype)]) {
    product *= BigInt(dim);
    if (product > MAX_SIZE) return undefined;
  }
  return product;
}
