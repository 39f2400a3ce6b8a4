/** Does this GPU compute what the CPU computes? Asked once per device, before anything it says is believed. */
import { seededRandom } from '../../work/seeded-random.ts';
import { NamedError } from '../../named-error.ts';
import type { SpectrumBackend } from '../backend.ts';
import { multiplyReference } from './reference/multiply.ts';
import { smallSingularValues } from './reference/small.ts';

/** Tall enough for a QR before the reduction, for a tree of several leaves, and for a product in parts; no multiple of any tile. */
const ROWS = 531;
const COLS = 37;
const VECTORS = 5;
/** f32 rounding is some 1e-7; kernels that went wrong are off by whole values. */
const TOLERANCE = 1e-5;

/** @throws NamedError `GpuResultWrong` with the error found */
export async function selfCheck(backend: SpectrumBackend): Promise<void> {
  const random = seededRandom(11);
  const uniform = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5);
  const matrix = uniform(ROWS * COLS);
  const values = await backend.singularValues(matrix.slice(), ROWS, COLS);
  compare('singular values of a test matrix', values, smallSingularValues(matrix, ROWS, COLS));
  const operator = await backend.operator(matrix.slice(), ROWS, COLS);
  try {
    const x = uniform(COLS * VECTORS);
    const y = uniform(ROWS * VECTORS);
    const across = multiplyReference(matrix, x, ROWS, VECTORS, COLS, false);
    compare('products of a test matrix', await operator.times(x, VECTORS), across);
    const back = multiplyReference(matrix, y, COLS, VECTORS, ROWS, true);
    compare('products of its transpose', await operator.transposeTimes(y, VECTORS), back);
  } finally {
    operator.dispose();
  }
}

function compare(what: string, actual: ArrayLike<number>, expected: Float64Array): void {
  let error = 0;
  let largest = 0;
  for (const [at, value] of expected.entries()) {
    // NaN stays.
    error = Math.max(error, Math.abs(value - (actual[at] ?? NaN)));
    largest = Math.max(largest, Math.abs(value));
  }
  if (error <= TOLERANCE * largest) return;
  throw new NamedError(
    'GpuResultWrong',
    `${what} are off by ${error}, of ${largest}`,
    {},
    'this GPU or its driver computes wrongly; use the CPU',
  );
}
