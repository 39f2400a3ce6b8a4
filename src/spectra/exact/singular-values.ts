/** All singular values of a matrix on the CPU, in float64: Gram matrix, tridiagonal form, implicit QL. */
import { Kernels } from '../kernels/kernels.ts';
import { tridiagonalEigenvalues } from './eigenvalues.ts';
import { GramSum, strideOf } from './gram.ts';
import { supportOf } from './support.ts';
import { tridiagonalize } from './tridiagonal.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/**
 * Relative size of the smallest singular value that a Gram matrix of size n still tells from zero: its eigenvalues carry
 * an error of up to n·ε of the largest, ε = 2⁻⁵², and singular values are their roots. For n = 1024 it is 4.8e-7. What
 * lies below is returned as exact zero.
 */
export function gramResolution(size: number): number {
  return Math.sqrt(size * Number.EPSILON);
}

/**
 * The min(rows, columns) singular values, descending, of a row-major matrix.
 *
 * @throws NamedError `NonFiniteMatrix`, `Cancelled`
 */
export async function singularValues(
  matrix: Float32Array,
  rows: number,
  columns: number,
  signal?: AbortSignal,
): Promise<Float64Array<ArrayBuffer>> {
  throwIfCancelled(signal);
  const support = supportOf(matrix, rows, columns);
  const values = new Float64Array(Math.min(rows, columns));
  if (support.rows.length === 0) return values;
  const kernels = await Kernels.create();
  const side = support.rows.length <= support.columns.length ? 'rows' : 'columns';
  const sum = new GramSum(kernels, support[side].length);
  sum.add(matrix, columns, support, side);
  values.set(await rootEigenvalues(kernels, sum, signal));
  return values;
}

/**
 * The same of a tall matrix that comes in slabs of whole rows and is never held whole: only its columns' Gram matrix is.
 *
 * @throws NamedError `NonFiniteMatrix`, `Cancelled`, and what `slabs` throws
 */
export async function singularValuesOfSlabs(
  slabs: AsyncIterable<Float32Array>,
  columns: number,
  signal?: AbortSignal,
): Promise<Float64Array<ArrayBuffer>> {
  const kernels = await Kernels.create();
  const sum = new GramSum(kernels, columns);
  const every = Uint32Array.from({ length: columns }, (_, column) => column);
  let used = 0;
  for await (const slab of slabs) {
    throwIfCancelled(signal);
    const { rows } = supportOf(slab, slab.length / columns, columns);
    sum.add(slab, columns, { rows, columns: every }, 'columns');
    used += rows.length;
  }
  const values = await rootEigenvalues(kernels, sum, signal);
  // A matrix has no more singular values than rows; what the Gram matrix has beyond them is rounding.
  return values.fill(0, Math.min(used, columns));
}

async function rootEigenvalues(
  kernels: Kernels,
  { address, size }: GramSum,
  signal: AbortSignal | undefined,
): Promise<Float64Array<ArrayBuffer>> {
  const form = await tridiagonalize(kernels, address, size, strideOf(size), signal);
  const eigenvalues = tridiagonalEigenvalues(form);
  const floor = (eigenvalues[0] ?? 0) * gramResolution(size) ** 2;
  return eigenvalues.map((value) => (value > floor ? Math.sqrt(value) : 0));
}
