/**
 * bitsandbytes' NF4 and FP4: codes of 4 bits, the high half of a byte first, for runs of `blocksize` values that cross the rows.
 *
 * The value is quant_map[code] · absmax in float32, rounded once. Of double quantization absmax is itself nested_quant_map[code] ·
 * nested_absmax, rounded, plus an offset, rounded: in this order bitsandbytes 0.50.2 computes it on a CPU. Where the state says
 * bfloat16 or float16, the library rounds the value to it; here it stays in float32. Neither book is evenly spaced, so that nothing
 * maps onto `MatMulNBits`.
 */
import { toFloat32 } from '../../decoding.ts';
import { bookOf } from '../codebook/book.ts';
import { energyOfSteps, scaleInto } from '../codebook/scaled.ts';
import type { Codec, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';

export interface FourBitsCoding {
  /** Values that share an absmax. */
  readonly blocksize: number;
  /** Of absmax, where it is quantized, too. */
  readonly nested: { readonly blocksize: number; readonly offset: number } | null;
}

type Tensor = EncodedTensor<string, FourBitsCoding>;

/** Parts `codes`, `book`, `absmax` and, of double quantization, `nestedBook` and `nestedAbsmax`. */
export const fourBits: Codec<FourBitsCoding> = {
  ranges: (tensor, rows): Readonly<Record<string, PartRange>> => {
    const { blocksize, nested } = tensor.coding;
    const values = valuesOf(tensor, rows);
    const blocks = divided(values, blocksize);
    const four = ({ start, end }: PartRange): PartRange => ({ start: 4 * start, end: 4 * end });
    return {
      codes: divided(values, 2),
      book: { start: 0, end: 64 },
      absmax: nested === null ? four(blocks) : blocks,
      ...(nested === null
        ? {}
        : { nestedBook: { start: 0, end: 1024 }, nestedAbsmax: four(divided(blocks, nested.blocksize)) }),
    };
  },
  decode: (tensor, bytes, rows) => expand(tensor, bytes, rows, bookIn(bytes)),
  roundingEnergy: (tensor, bytes, rows) =>
    energyOfSteps(expand(tensor, bytes, rows, bookOf(bookIn(bytes)).steps)),
};

/** The rows' values, counted through the whole tensor. */
function valuesOf({ shape }: Tensor, { first, count }: Rows): PartRange {
  const { columns } = matrixOf(shape);
  return { start: first * columns, end: (first + count) * columns };
}

function divided({ start, end }: PartRange, size: number): PartRange {
  return { start: Math.floor(start / size), end: Math.ceil(end / size) };
}

function bookIn({ book }: PartBytes): Float32Array<ArrayBuffer> {
  return toFloat32(book ?? new Uint8Array(0), 'F32');
}

function expand(
  tensor: Tensor,
  bytes: PartBytes,
  rows: Rows,
  table: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const { blocksize } = tensor.coding;
  const { start, end } = valuesOf(tensor, rows);
  const out = new Float32Array(end - start);
  scaleInto(out, 0, table, {
    ...{ codes: bytes['codes'] ?? new Uint8Array(0), order: 'high first' },
    ...{ first: start % 2, count: end - start },
    ...{ scales: absmaxOf(tensor, bytes, Math.floor(start / blocksize)), scaleAt: 0 },
    ...{ group: blocksize, phase: start % blocksize },
  });
  return out;
}

/** @param first the block that the bytes begin with */
function absmaxOf(
  { coding: { nested } }: Tensor,
  { absmax = new Uint8Array(0), nestedBook, nestedAbsmax }: PartBytes,
  first: number,
): Float32Array<ArrayBuffer> {
  if (nested === null || nestedBook === undefined || nestedAbsmax === undefined)
    return toFloat32(absmax, 'F32');
  const scales = new Float32Array(absmax.length);
  scaleInto(scales, 0, toFloat32(nestedBook, 'F32'), {
    ...{ codes: absmax, order: 'bytes', first: 0, count: absmax.length },
    ...{ scales: toFloat32(nestedAbsmax, 'F32'), scaleAt: 0 },
    ...{ group: nested.blocksize, phase: first % nested.blocksize },
  });
  const offset = Math.fround(nested.offset);
  return scales.map((scale) => scale + offset);
}
