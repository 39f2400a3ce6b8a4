/** What is computed of a product of two thin factors without ever making it. */
import type { Factors } from '../../checkpoint/formats/peft/factors.ts';
import { jacobiSvd } from './jacobi.ts';
import { nonFiniteMatrix } from './support.ts';

/**
 * The singular values of left · right, descending: those of R_L R_Rᵀ, where left = Q_L R_L and rightᵀ = Q_R R_R. As many as the rank
 * at most; all others are zero. In float64 throughout.
 *
 * @throws NamedError `NonFiniteMatrix`
 */
export function productSingularValues({ rank, left, right }: Factors): Float64Array<ArrayBuffer> {
  if (rank === 0) return new Float64Array(0);
  checkFinite(left);
  checkFinite(right);
  const [rows, columns] = [left.length / rank, right.length / rank];
  const one = triangle(Array.from({ length: rank }, (_, k) => every(left, k, rank, rows)));
  const other = triangle(Array.from({ length: rank }, (_, k) => right.slice(k * columns, (k + 1) * columns)));
  const [tall, short] = one.height >= other.height ? [one, other] : [other, one];
  const product = new Float64Array(tall.height * short.height);
  for (let column = 0; column < short.height; column += 1)
    for (let row = 0; row < tall.height; row += 1) {
      let sum = 0;
      for (let k = Math.max(row, column); k < rank; k += 1) sum += tall.at(row, k) * short.at(column, k);
      product[column * tall.height + row] = sum;
    }
  return new Float64Array(jacobiSvd(product, tall.height, short.height).values);
}

/** Σ of the elementwise product of two products of factors, by their Gram matrices: tr((L₁ᵀL₂)ᵀ R₁R₂ᵀ). Of one with itself: ‖LR‖². */
export function innerProduct(one: Factors, other: Factors): number {
  if (one.rank === 0 || other.rank === 0) return 0;
  const [rows, columns] = [one.left.length / one.rank, one.right.length / one.rank];
  const gram = new Float64Array(one.rank * other.rank);
  for (let row = 0; row < rows; row += 1)
    for (let a = 0; a < one.rank; a += 1) {
      const value = one.left[row * one.rank + a] as number;
      for (let b = 0; b < other.rank; b += 1) {
        const at = a * other.rank + b;
        gram[at] = (gram[at] as number) + value * (other.left[row * other.rank + b] as number);
      }
    }
  let sum = 0;
  for (let a = 0; a < one.rank; a += 1)
    for (let b = 0; b < other.rank; b += 1) {
      let inner = 0;
      for (let column = 0; column < columns; column += 1)
        inner += (one.right[a * columns + column] as number) * (other.right[b * columns + column] as number);
      sum += (gram[a * other.rank + b] as number) * inner;
    }
  return sum;
}

function every(values: Float64Array, first: number, step: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => values[index * step + first] as number);
}

function checkFinite(values: Float64Array): void {
  if (!values.every((value) => Number.isFinite(value)))
    throw nonFiniteMatrix('a factor of the update holds infinities or NaNs');
}

interface Triangle {
  /** Rows that are not zero: no more than there are columns. */
  readonly height: number;
  at(row: number, column: number): number;
}

/** The upper triangle R of a QR decomposition by Householder reflections; the columns are overwritten. */
function triangle(columns: Float64Array[]): Triangle {
  const rows = columns[0]?.length ?? 0;
  const height = Math.min(rows, columns.length);
  for (let j = 0; j < height; j += 1) {
    const column = columns[j] as Float64Array;
    let squares = 0;
    for (let i = j; i < rows; i += 1) squares += (column[i] as number) ** 2;
    const length = Math.sqrt(squares);
    if (length === 0) continue;
    const head = column[j] as number;
    const end = head > 0 ? -length : length;
    const v = column.subarray(j).slice();
    v[0] = head - end;
    const half = length * (length + Math.abs(head));
    for (let k = j + 1; k < columns.length; k += 1) reflect(columns[k] as Float64Array, v, j, half);
    column[j] = end;
  }
  return {
    height,
    at: (row, column) => (row > column ? 0 : ((columns[column] as Float64Array)[row] as number)),
  };
}

/** x − v (vᵀx) / half, from `first` on. */
function reflect(x: Float64Array, v: Float64Array, first: number, half: number): void {
  let product = 0;
  for (let i = 0; i < v.length; i += 1) product += (v[i] as number) * (x[first + i] as number);
  const factor = product / half;
  for (let i = 0; i < v.length; i += 1) x[first + i] = (x[first + i] as number) - factor * (v[i] as number);
}
