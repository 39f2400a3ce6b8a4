/**
 * Floats of 8 or 4 bits with a scale for each block of a matrix: FP8 by tensor, row, group and block, MXFP8, MXFP4, NVFP4.
 *
 * The value is the product code · scale in float32, rounded once. With a scale of the whole tensor (NVFP4) the block's scale is
 * first divided by it, or multiplied with it, and rounded to float32. Nothing maps onto `MatMulNBits`, whose codes are evenly spaced.
 */
import { toFloat32 } from '../../decoding.ts';
import type { Dtype } from '../../dtype.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import { exponentToNumber } from '../../float8.ts';
import { floatBook, type FloatFormat } from '../codebook/book.ts';
import { energyOfSteps, scaleInto } from '../codebook/scaled.ts';
import type { Codec, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';

/** `E8M0`: one byte, an exponent, stored as F8_E8M0 or as U8. */
export type ScaleDtype = Extract<Dtype, 'F32' | 'F16' | 'BF16' | 'F8_E4M3'> | 'E8M0';

export interface ScaledFloatCoding {
  readonly format: FloatFormat;
  /** Rows and columns that share a scale; the last of each may be cut. */
  readonly block: readonly [rows: number, columns: number];
  readonly scale: ScaleDtype;
  /** What a scale of the whole tensor does to each block's; null where there is none. */
  readonly global: 'divides' | 'multiplies' | null;
  /** Each matrix `[columns, rows]` of a stack is stored as `[rows, columns]`. */
  readonly transposed: boolean;
}

type Tensor = EncodedTensor<string, ScaledFloatCoding>;

interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

/** Parts `codes`, `scale` and, where `global` is not null, `global` (one float32). */
export const scaledFloat: Codec<ScaledFloatCoding> = {
  ranges: (tensor, rows): Readonly<Record<string, PartRange>> => {
    const { columns } = storedMatrix(tensor);
    const { format, block, scale, global } = tensor.coding;
    const { first, count } = storedRows(tensor, rows);
    const rowBytes = format === 'F4_E2M1' ? columns / 2 : columns;
    const scaleBytes = Math.ceil(columns / block[1]) * (scale === 'E8M0' ? 1 : DTYPE_BYTES[scale]);
    return {
      codes: { start: first * rowBytes, end: (first + count) * rowBytes },
      scale: {
        start: Math.floor(first / block[0]) * scaleBytes,
        end: Math.ceil((first + count) / block[0]) * scaleBytes,
      },
      ...(global === null ? {} : { global: { start: 0, end: 4 } }),
    };
  },
  decode: (tensor, bytes, rows) => {
    const values = expand(tensor, bytes, rows, floatBook(tensor.coding.format).values);
    if (!tensor.coding.transposed) return values;
    const { rows: stacked, columns } = storedMatrix(tensor);
    return transposedEach(values, stacked / matrixOf(tensor.shape).rows, columns);
  },
  roundingEnergy: (tensor, bytes, rows) =>
    energyOfSteps(expand(tensor, bytes, rows, floatBook(tensor.coding.format).steps)),
};

/** Of a transposed stack all its matrices, one below the other, as they are stored. */
function storedMatrix({ shape, coding }: Tensor): Matrix {
  if (!coding.transposed) return matrixOf(shape);
  const [matrices = 0, columns = 0, rows = 0] = shape;
  return { rows: matrices * rows, columns };
}

function storedRows(tensor: Tensor, { first, count }: Rows): Rows {
  const each = tensor.coding.transposed ? (tensor.shape[2] ?? 0) : 1;
  return { first: first * each, count: count * each };
}

/** Every code's entry of the table, times its scale. */
function expand(
  tensor: Tensor,
  bytes: PartBytes,
  rows: Rows,
  table: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const { columns } = storedMatrix(tensor);
  const { first, count } = storedRows(tensor, rows);
  const { format, block } = tensor.coding;
  const scales = scalesOf(tensor, bytes);
  const codes = bytes['codes'] ?? new Uint8Array(0);
  const order = format === 'F4_E2M1' ? ('low first' as const) : ('bytes' as const);
  const perRow = Math.ceil(columns / block[1]);
  const firstBlock = Math.floor(first / block[0]);
  const out = new Float32Array(count * columns);
  for (let row = 0; row < count; row += 1) {
    const scaleAt = (Math.floor((first + row) / block[0]) - firstBlock) * perRow;
    const run = { codes, order, first: row * columns, count: columns, scales, scaleAt };
    scaleInto(out, row * columns, table, { ...run, group: block[1], phase: 0 });
  }
  return out;
}

function scalesOf({ coding }: Tensor, { scale, global }: PartBytes): Float32Array<ArrayBuffer> {
  const stored = scale ?? new Uint8Array(0);
  const scales = coding.scale === 'E8M0' ? powersOf(stored) : toFloat32(stored, coding.scale);
  if (coding.global === null || global === undefined) return scales;
  const [factor = NaN] = toFloat32(global, 'F32');
  return scales.map((value) => (coding.global === 'divides' ? value / factor : value * factor));
}

let powers: Float32Array | undefined;

function powersOf(exponents: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  powers ??= Float32Array.from({ length: 256 }, (_, code) => exponentToNumber(code));
  const out = new Float32Array(exponents.length);
  for (let i = 0; i < out.length; i += 1) out[i] = powers[exponents[i] as number] as number;
  return out;
}

function transposedEach(
  values: Float32Array<ArrayBuffer>,
  rows: number,
  columns: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  const size = rows * columns;
  for (let base = 0; base < values.length; base += size) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        out[base + column * rows + row] = values[base + row * columns + column] as number;
      }
    }
  }
  return out;
}
