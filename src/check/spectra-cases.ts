/** The cases of updates: an exact spectrum and products of a random matrix, against float64 on the processor. */
import type { MatrixOperator, SpectrumBackend } from '../spectra/backend.ts';
import { multiplyReference } from '../spectra/gpu/reference/multiply.ts';
import { smallSingularValues } from '../spectra/gpu/reference/small.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { seededRandom } from '../work/seeded-random.ts';
import type { Measured } from './case.ts';

/**
 * Tall enough for a QR before the reduction, for a tree of several leaves, and for products in parts; several panels wide, and no
 * multiple of any tile. Its transpose is taken as well, which is read into the device by another kernel.
 */
const [ROWS, COLS] = [531, 43] as const;
const VECTORS = 5;

const uniform = (length: number, seed: number): Float32Array => {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random() - 0.5);
};

/** All singular values of a matrix and of its transpose, off by a share of σ₁. @throws NamedError those of `SpectrumBackend` */
export async function checkSpectrum(backend: SpectrumBackend, signal?: AbortSignal): Promise<Measured> {
  const matrix = uniform(ROWS * COLS, 1);
  const transposed = Float32Array.from(
    matrix,
    (_, at) => matrix[(at % ROWS) * COLS + Math.floor(at / ROWS)] as number,
  );
  const options = signal ? { signal } : {};
  const expected = smallSingularValues(matrix, ROWS, COLS);
  const tall = relativeError(await backend.singularValues(matrix, ROWS, COLS, options), expected);
  const wide = relativeError(await backend.singularValues(transposed, COLS, ROWS, options), expected);
  return tall <= wide ? { error: wide, at: 'wide matrix' } : { error: tall, at: 'tall matrix' };
}

/** A·X and Aᵀ·Y, off by a share of the largest entry. @throws NamedError those of `SpectrumBackend` */
export async function checkProduct(backend: SpectrumBackend, signal?: AbortSignal): Promise<Measured> {
  const matrix = uniform(ROWS * COLS, 2);
  const [x, y] = [uniform(COLS * VECTORS, 3), uniform(ROWS * VECTORS, 4)];
  const options = signal ? { signal } : {};
  let operator: MatrixOperator | undefined;
  try {
    operator = await backend.operator(matrix.slice(), ROWS, COLS);
    const across = relativeError(
      await operator.times(x, VECTORS, options),
      multiplyReference(matrix, x, ROWS, VECTORS, COLS, false),
    );
    const back = relativeError(
      await operator.transposeTimes(y, VECTORS, options),
      multiplyReference(matrix, y, COLS, VECTORS, ROWS, true),
    );
    return across <= back ? { error: back, at: 'the transpose' } : { error: across, at: 'the matrix' };
  } finally {
    operator?.dispose();
  }
}
