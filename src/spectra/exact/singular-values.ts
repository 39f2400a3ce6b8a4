/** All singular values of a matrix on the CPU, in float64: Gram matrix, tridiagonal form, implicit QL. */
import { throwIfCancelled } from '../../checkpoint/in-flight.ts';
import { Kernels } from '../kernels/kernels.ts';
import { tridiagonalEigenvalues } from './eigenvalues.ts';
import type { SymmetricMatrix } from './gram.ts';
import { gram, strideOf } from './gram.ts';
import { supportOf } from './support.ts';
import { tridiagonalize } from './tridiagonal.ts';

/**
 * Relative size of the smallest singular value that the Gram matrix of size n still tells from zero: its eigenvalues carry an
 * error of a few n·ε of the largest, ε = 2⁻⁵², and singular values are their roots. For n = 1024 it is 4.8e-7. What lies
 * below is returned as exact zero.
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
  const { size, address } = gram(kernels, matrix, columns, support, side);
  values.set(await roots(kernels, address, size, signal));
  return values;
}

/** The square roots of the eigenvalues of a Gram matrix, descending; those below `gramResolution` are zero. */
export async function rootEigenvalues(
  { size, stride, values }: SymmetricMatrix,
  signal?: AbortSignal,
): Promise<Float64Array<ArrayBuffer>> {
  const kernels = await Kernels.create();
  const address = kernels.reserve(values.byteLength);
  kernels.doubles(address, values.length).set(values);
  return roots(kernels, address, size, signal, stride);
}

async function roots(
  kernels: Kernels,
  address: number,
  size: number,
  signal: AbortSignal | undefined,
  stride = strideOf(size),
): Promise<Float64Array<ArrayBuffer>> {
  const eigenvalues = tridiagonalEigenvalues(await tridiagonalize(kernels, address, size, stride, signal));
  const floor = (eigenvalues[0] ?? 0) * gramResolution(size) ** 2;
  return eigenvalues.map((value) => (value > floor ? Math.sqrt(value) : 0));
}
