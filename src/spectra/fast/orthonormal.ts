/** Bases of blocks of vectors, row-major [n, count]. */
import type { Dense } from './dense.ts';

/** A direction shorter than this beside the longest is rounding, and is dropped. */
const DEPENDENT = 1e-10;

/** Twice is enough (Parlett; Giraud et al.): once leaves what rounding put there. */
const PASSES = 2;

/**
 * An orthonormal basis of `block`, orthogonal to the orthonormal `basis` [n, held]: what lies in the basis is taken out,
 * then modified Gram–Schmidt with pivots left aside. Dependent directions are dropped.
 *
 * @returns [n, found] and found ≤ count
 */
export function orthonormalBeside(
  dense: Dense,
  basis: Float64Array | null,
  held: number,
  block: Float64Array,
  count: number,
): { readonly vectors: Float64Array<ArrayBuffer>; readonly count: number } {
  const n = block.length / count;
  let rest = block;
  for (let pass = 0; pass < PASSES && basis && held > 0; pass++) {
    const inside = dense.product(basis, held, dense.transposeProduct(basis, held, rest, count), count);
    rest = rest.map((value, index) => value - (inside[index] as number));
  }
  const columns = Array.from({ length: count }, (_, c) =>
    Float64Array.from({ length: n }, (__, row) => rest[row * count + c] as number),
  );
  const before = Math.max(...columns.map(norm), lengthOf(block, count));
  const kept: Float64Array[] = [];
  for (const column of columns) {
    for (let pass = 0; pass < PASSES; pass++) for (const other of kept) takeOut(column, other);
    const length = norm(column);
    if (length <= DEPENDENT * before || length === 0) continue;
    kept.push(column.map((value) => value / length));
  }
  const vectors = new Float64Array(n * kept.length);
  kept.forEach((column, c) => column.forEach((value, row) => (vectors[row * kept.length + c] = value)));
  return { vectors, count: kept.length };
}

/** Two bases side by side. */
export function joined(
  a: Float64Array,
  aCount: number,
  b: Float64Array,
  bCount: number,
): Float64Array<ArrayBuffer> {
  const count = aCount + bCount;
  const n = bCount > 0 ? b.length / bCount : a.length / aCount;
  const out = new Float64Array(n * count);
  for (let row = 0; row < n; row++) {
    out.set(a.subarray(row * aCount, (row + 1) * aCount), row * count);
    out.set(b.subarray(row * bCount, (row + 1) * bCount), row * count + aCount);
  }
  return out;
}

/** Euclidean length of each column. */
export function columnSizes(block: Float64Array, columns: number): Float64Array<ArrayBuffer> {
  const squares = new Float64Array(columns);
  block.forEach((value, i) => (squares[i % columns] = (squares[i % columns] as number) + value * value));
  return squares.map(Math.sqrt);
}

export function norm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}

function lengthOf(block: Float64Array, count: number): number {
  return norm(block) / Math.sqrt(count);
}

function takeOut(x: Float64Array, unit: Float64Array): void {
  let product = 0;
  for (let i = 0; i < x.length; i++) product += (x[i] as number) * (unit[i] as number);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) - product * (unit[i] as number);
}
