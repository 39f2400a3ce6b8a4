/** Matrices whose singular values are known because they were chosen. */
import { seededRandom } from '../../../work/seeded-random.ts';

/**
 * U·diag(values)·Vᵀ in f64, row-major [rows, cols], U and V products of `reflections` random Householder reflections
 * each: exact orthogonal matrices up to f64 rounding, at 4·rows·cols operations a reflection.
 */
export function withSpectrum(
  values: ArrayLike<number>,
  rows: number,
  cols: number,
  seed: number,
  reflections = 6,
): Float64Array {
  const random = seededRandom(seed);
  const a = new Float64Array(rows * cols);
  for (let i = 0; i < values.length; i++) a[i * cols + i] = values[i] as number;
  for (let count = 0; count < reflections; count++) {
    reflectRows(a, rows, cols, unitVector(rows, random));
    reflectColumns(a, rows, cols, unitVector(cols, random));
  }
  return a;
}

/** `count` values falling from 1 to `smallest` by equal ratios. */
export function geometric(count: number, smallest: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (count === 1 ? 1 : smallest ** (i / (count - 1))));
}

/** Independent uniform entries in (−1, 1). */
export function uniformMatrix(rows: number, cols: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: rows * cols }, () => 2 * random() - 1);
}

function unitVector(length: number, random: () => number): Float64Array {
  const v = Float64Array.from({ length }, () => random() - 0.5);
  const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return v.map((x) => x / norm);
}

/** A −= 2 v (vᵀA) */
function reflectRows(a: Float64Array, rows: number, cols: number, v: Float64Array): void {
  const w = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) w[j] = (w[j] as number) + (v[i] as number) * (a[i * cols + j] as number);
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++)
      a[i * cols + j] = (a[i * cols + j] as number) - 2 * (v[i] as number) * (w[j] as number);
  }
}

/** A −= 2 (A v) vᵀ */
function reflectColumns(a: Float64Array, rows: number, cols: number, v: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    for (let j = 0; j < cols; j++) dot += (a[i * cols + j] as number) * (v[j] as number);
    for (let j = 0; j < cols; j++) a[i * cols + j] = (a[i * cols + j] as number) - 2 * dot * (v[j] as number);
  }
}
