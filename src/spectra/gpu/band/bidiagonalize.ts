/** From an upper band to an upper bidiagonal matrix, by Givens rotations that chase the bulge out (Schwarz 1968; LAPACK's dgbbrd). */
import { Yielder } from '../../../work/turns.ts';
import type { BandMatrix } from './band-matrix.ts';
import { length } from './length.ts';
import { throwIfCancelled } from '../../../work/cancel.ts';

export interface Bidiagonal {
  /** d[i] = B[i, i] */
  readonly diagonal: Float64Array;
  /** e[i] = B[i, i + 1], one shorter than the diagonal. */
  readonly superdiagonal: Float64Array;
}

/**
 * Reduces a band matrix to bidiagonal form in f64. The matrices multiplied from both sides are orthogonal, so that the
 * singular values stay.
 *
 * Row by row, the entries right of the superdiagonal are zeroed from the outermost inwards. A rotation of columns
 * c − 1 and c zeroes one, and fills one entry below the diagonal; a rotation of rows c − 1 and c zeroes that, and fills one
 * entry right of the band, `width` columns further, and so on to the end of the matrix. About 6·size²·width operations.
 *
 * @throws NamedError `Cancelled`
 */
export async function bidiagonalize(band: BandMatrix, signal?: AbortSignal): Promise<Bidiagonal> {
  const { size, width } = band;
  const work = new BandStore(band);
  const yielder = new Yielder();
  for (let row = 0; row < size - 2 && width > 1; row++) {
    work.reduceRow(row);
    await yielder.pause();
    throwIfCancelled(signal);
  }
  return work.bidiagonal();
}

/** The band with one diagonal below and one above for the bulges: row i holds B[i, i − 1 … i + width + 1]. */
class BandStore {
  readonly #size: number;
  readonly #width: number;
  readonly #stride: number;
  readonly #values: Float64Array;

  constructor({ size, width, values }: BandMatrix) {
    this.#size = size;
    this.#width = width;
    this.#stride = width + 3;
    this.#values = new Float64Array(size * this.#stride);
    for (let row = 0; row < size; row++) {
      const from = row * (width + 1);
      this.#values.set(values.subarray(from, from + width + 1), row * this.#stride + 1);
    }
  }

  /** Leaves only B[row, row] and B[row, row + 1] in a row. */
  reduceRow(row: number): void {
    const outermost = Math.min(row + this.#width, this.#size - 1);
    for (let column = outermost; column > row + 1; column--) this.#chase(row, column);
  }

  /** Zeroes B[row, column] against its left neighbour and follows the bulge down. */
  #chase(row: number, column: number): void {
    while (column < this.#size) {
      if (!this.#rotateColumns(row, column)) return;
      if (!this.#rotateRows(column)) return;
      row = column - 1;
      column += this.#width;
    }
  }

  /** Columns c − 1, c so that B[row, c] = 0; says whether there was anything to do. */
  #rotateColumns(row: number, column: number): boolean {
    const values = this.#values;
    const step = this.#stride - 1;
    // B[r, c] lies at r·stride + c − r + 1: one row down is one stride less one further.
    let at = row * this.#stride + column - row + 1;
    const f = values[at - 1] as number;
    const g = values[at] as number;
    if (g === 0) return false;
    const norm = length(f, g);
    const c = f / norm;
    const s = g / norm;
    values[at - 1] = norm;
    values[at] = 0;
    for (let below = row + 1; below <= column; below++) {
      at += step;
      const left = values[at - 1] as number;
      const right = values[at] as number;
      values[at - 1] = c * left + s * right;
      values[at] = c * right - s * left;
    }
    return true;
  }

  /** Rows r − 1, r so that B[r, r − 1] = 0; says whether there was anything to do. */
  #rotateRows(row: number): boolean {
    const values = this.#values;
    let lower = row * this.#stride;
    // B[r − 1, c] lies one stride less, and one further.
    let upper = lower - this.#stride + 1;
    const f = values[upper] as number;
    const g = values[lower] as number;
    if (g === 0) return false;
    const norm = length(f, g);
    const c = f / norm;
    const s = g / norm;
    values[upper] = norm;
    values[lower] = 0;
    const last = Math.min(row + this.#width, this.#size - 1);
    for (let column = row; column <= last; column++) {
      const high = values[++upper] as number;
      const low = values[++lower] as number;
      values[upper] = c * high + s * low;
      values[lower] = c * low - s * high;
    }
    return true;
  }

  bidiagonal(): Bidiagonal {
    const at = (row: number, offset: number): number =>
      this.#values[row * this.#stride + 1 + offset] as number;
    return {
      diagonal: Float64Array.from({ length: this.#size }, (_, row) => at(row, 0)),
      superdiagonal: Float64Array.from({ length: Math.max(0, this.#size - 1) }, (_, row) =>
        this.#width === 0 ? 0 : at(row, 1),
      ),
    };
  }
}
