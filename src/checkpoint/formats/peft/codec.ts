/** Weights under an adapter: the base's values and the factors of what was trained, put together as they are read. */
import { toFloat32 } from '../../decoding.ts';
import type { Dtype } from '../../dtype.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import type { Codec, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';

/** Parts: `base`, `a` `[r, in]`, `b` `[out, r]`, and `magnitude` `[out]` where there is one. */
export interface LoraCoding {
  /** Of `base`. */
  readonly base: Dtype;
  readonly a: Dtype;
  readonly b: Dtype;
  /** Of DoRA's magnitudes; null where there are none. */
  readonly magnitude: Dtype | null;
  readonly rank: number;
  /** α/r, or α/√r. */
  readonly scale: number;
  /** The weight is stored `[in, out]`: embeddings, and modules with `fan_in_fan_out`. */
  readonly transposed: boolean;
}

/** Parts: `base` and `added`, vectors of one length. */
export interface AddedCoding {
  readonly base: Dtype;
  readonly added: Dtype;
  readonly scale: number;
}

/** Parts: `base`, and `tokens` `[n, columns]`, rows that stand in the place of the base's. */
export interface TokenRowsCoding {
  readonly base: Dtype;
  readonly tokens: Dtype;
  /** Which row of the base each of them replaces. */
  readonly places: readonly number[];
}

type Lora = EncodedTensor<string, LoraCoding>;
type Added = EncodedTensor<string, AddedCoding>;
type TokenRows = EncodedTensor<string, TokenRowsCoding>;

/**
 * W + s·B·A in float64, rounded once to float32; under DoRA (Liu et al. 2024, eq. 5) each row times m / ‖row‖, as peft's
 * `merge_and_unload` has it.
 */
export const lora: Codec<LoraCoding> = {
  ranges: ({ shape, coding }: Lora, rows: Rows): Readonly<Record<string, PartRange>> => {
    const matrix = matrixOf(shape);
    const { rank, transposed } = coding;
    const whole = (elements: number, dtype: Dtype): PartRange => ({
      start: 0,
      end: elements * DTYPE_BYTES[dtype],
    });
    const some = (columns: number, dtype: Dtype): PartRange => {
      const bytes = columns * DTYPE_BYTES[dtype];
      return { start: rows.first * bytes, end: (rows.first + rows.count) * bytes };
    };
    const [left, right] = [rank * matrix.rows, rank * matrix.columns];
    return {
      base: some(matrix.columns, coding.base),
      a: whole(transposed ? left : right, coding.a),
      b: transposed ? whole(right, coding.b) : some(rank, coding.b),
      ...(coding.magnitude ? { magnitude: some(1, coding.magnitude) } : {}),
    };
  },

  decode: ({ shape, coding }: Lora, bytes: PartBytes, rows: Rows) => {
    const { columns } = matrixOf(shape);
    const { rank } = coding;
    const values = partValues(bytes, 'base', coding.base);
    const [a, b] = [partValues(bytes, 'a', coding.a), partValues(bytes, 'b', coding.b)];
    const left = coding.transposed ? transposedRows(a, rank, rows) : b;
    const right = coding.transposed ? transposedOf(b, columns, rank) : Float64Array.from(a);
    addProduct(values, left, right, { rank, columns, scale: coding.scale });
    if (coding.magnitude) scaleRows(values, partValues(bytes, 'magnitude', coding.magnitude), columns);
    return values;
  },

  quantized: () => false,
  // The base's own rounding lies in the base.
  roundingEnergy: () => 0,
};

/** b + s·d, of biases. */
export const added: Codec<AddedCoding> = {
  ranges: ({ shape, coding }: Added): Readonly<Record<string, PartRange>> => {
    const { columns } = matrixOf(shape);
    return {
      base: { start: 0, end: columns * DTYPE_BYTES[coding.base] },
      added: { start: 0, end: columns * DTYPE_BYTES[coding.added] },
    };
  },
  decode: ({ coding }: Added, bytes: PartBytes) => {
    const more = partValues(bytes, 'added', coding.added);
    return partValues(bytes, 'base', coding.base).map(
      (value, index) => value + coding.scale * (more[index] ?? 0),
    );
  },
  quantized: () => false,
  roundingEnergy: () => 0,
};

/** Rows of single tokens, which peft stores as they became, not as what was added. */
export const tokenRows: Codec<TokenRowsCoding> = {
  ranges: ({ shape, coding }: TokenRows, rows: Rows): Readonly<Record<string, PartRange>> => {
    const { columns } = matrixOf(shape);
    const bytes = columns * DTYPE_BYTES[coding.base];
    return {
      base: { start: rows.first * bytes, end: (rows.first + rows.count) * bytes },
      tokens: { start: 0, end: coding.places.length * columns * DTYPE_BYTES[coding.tokens] },
    };
  },
  decode: ({ shape, coding }: TokenRows, bytes: PartBytes, { first, count }: Rows) => {
    const { columns } = matrixOf(shape);
    const values = partValues(bytes, 'base', coding.base);
    const trained = partValues(bytes, 'tokens', coding.tokens);
    for (const [index, place] of coding.places.entries()) {
      if (place < first || place >= first + count) continue;
      values.set(trained.subarray(index * columns, (index + 1) * columns), (place - first) * columns);
    }
    return values;
  },
  quantized: () => false,
  roundingEnergy: () => 0,
};

function partValues(bytes: PartBytes, part: string, dtype: Dtype): Float32Array<ArrayBuffer> {
  return toFloat32(bytes[part] ?? new Uint8Array(0), dtype);
}

/** Rows of Aᵀ. */
function transposedRows(a: Float32Array, rank: number, { first, count }: Rows): Float32Array {
  const columns = a.length / rank;
  const rows = new Float32Array(count * rank);
  for (let row = 0; row < count; row += 1)
    for (let k = 0; k < rank; k += 1) rows[row * rank + k] = a[k * columns + first + row] ?? 0;
  return rows;
}

/** `[rows, columns]` as `[columns, rows]`. */
export function transposedOf(matrix: Float32Array, rows: number, columns: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      out[column * rows + row] = matrix[row * columns + column] ?? 0;
  return out;
}

interface Product {
  readonly rank: number;
  readonly columns: number;
  readonly scale: number;
}

/** values += s · left · right, left `[rows, rank]`, right `[rank, columns]`: two rows by four of the rank at a time, as registers hold them. */
function addProduct(
  values: Float32Array,
  left: Float32Array,
  right: Float64Array,
  { rank, columns, scale }: Product,
): void {
  const padded = Math.ceil(rank / 4) * 4;
  const [sum0, sum1] = [new Float64Array(columns), new Float64Array(columns)];
  const factors = [new Float64Array(padded), new Float64Array(padded)] as const;
  const zeros = new Float64Array(columns);
  const directions = Array.from({ length: padded }, (_, k) =>
    k < rank ? right.subarray(k * columns, (k + 1) * columns) : zeros,
  );
  const rows = columns === 0 ? 0 : values.length / columns;
  for (let row = 0; row < rows; row += 2) {
    const twice = row + 1 < rows;
    const next = twice ? row + 1 : row;
    for (let k = 0; k < rank; k += 1) {
      factors[0][k] = scale * (left[row * rank + k] as number);
      factors[1][k] = scale * (left[next * rank + k] as number);
    }
    sum0.set(values.subarray(row * columns, (row + 1) * columns));
    sum1.set(values.subarray(next * columns, (next + 1) * columns));
    for (let k = 0; k < padded; k += 4) addFour(sum0, sum1, factors, directions, k);
    values.set(sum0, row * columns);
    if (twice) values.set(sum1, next * columns);
  }
}

function addFour(
  sum0: Float64Array,
  sum1: Float64Array,
  [first, second]: readonly [Float64Array, Float64Array],
  directions: readonly Float64Array[],
  k: number,
): void {
  const [a0, a1, a2, a3] = [first[k], first[k + 1], first[k + 2], first[k + 3]] as [
    number,
    number,
    number,
    number,
  ];
  const [b0, b1, b2, b3] = [second[k], second[k + 1], second[k + 2], second[k + 3]] as [
    number,
    number,
    number,
    number,
  ];
  const [r0, r1, r2, r3] = directions.slice(k, k + 4) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let column = 0; column < sum0.length; column += 1) {
    const x0 = r0[column] as number;
    const x1 = r1[column] as number;
    const x2 = r2[column] as number;
    const x3 = r3[column] as number;
    sum0[column] = (sum0[column] as number) + a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3;
    sum1[column] = (sum1[column] as number) + b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3;
  }
}

/** Each row to the length that its magnitude says. */
function scaleRows(values: Float32Array, magnitudes: Float32Array, columns: number): void {
  for (let row = 0; row < magnitudes.length; row += 1) {
    const start = row * columns;
    let squares = 0;
    for (let at = start; at < start + columns; at += 1) squares += (values[at] as number) ** 2;
    const factor = (magnitudes[row] as number) / Math.sqrt(squares);
    for (let at = start; at < start + columns; at += 1) values[at] = (values[at] as number) * factor;
  }
}
