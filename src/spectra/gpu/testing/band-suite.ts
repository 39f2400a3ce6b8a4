/** What every reduction to a band is held to: the one in f64 and the kernels alike. */
import { describe, expect, it } from 'vitest';
import type { BandMatrix } from '../band/band-matrix.ts';
import { squaredNorm } from '../band/band-matrix.ts';
import { bidiagonalValues } from '../band/bidiagonal-values.ts';
import { bidiagonalize } from '../band/bidiagonalize.ts';
import { reduceToBand } from './reduce.ts';
import { geometric, uniformMatrix, withSpectrum } from './known-spectrum.ts';

export interface BandReducer {
  /** Rows × cols, rows ≥ cols, cols a multiple of `width`. */
  reduce(matrix: Float32Array, rows: number, cols: number): Promise<BandMatrix>;
  readonly width: number;
}

/** @param tolerance of entries and values, relative to σ₁ */
export function bandSuite(name: string, reducer: () => BandReducer, tolerance: number): void {
  describe(`reduction to a band: ${name}`, () => {
    it.each([
      ['square', 5, 5],
      ['nearly square', 7, 5],
      ['one panel', 2, 1],
    ])('%s: entry by entry the textbook in f64', async (_, down, across) => {
      const { width, reduce } = reducer();
      const [rows, cols] = [down * width - 3 * Number(down > across), across * width];
      const matrix = uniformMatrix(rows, cols, 7);
      const actual = await reduce(matrix, rows, cols);
      const expected = reduceToBand(matrix, rows, cols, width);
      expect(actual).toMatchObject({ size: cols, width });
      const norm = Math.sqrt(squaredNorm(expected));
      for (let i = 0; i < expected.values.length; i++) {
        // Up to signs: a last entry with nothing below it may be reflected or left as it is.
        const difference = Math.abs(
          Math.abs(actual.values[i] as number) - Math.abs(expected.values[i] as number),
        );
        expect(difference, `entry ${i}`).toBeLessThan(tolerance * norm);
      }
    });

    it('keeps the values a matrix was made with', async () => {
      const { width, reduce } = reducer();
      const [rows, cols] = [4 * width + 1, 4 * width];
      const values = geometric(cols, 1e-3);
      const matrix = Float32Array.from(withSpectrum(values, rows, cols, 1));
      const actual = await bidiagonalValues(await bidiagonalize(await reduce(matrix, rows, cols)));
      for (let i = 0; i < cols; i++) {
        expect(Math.abs((actual[i] as number) - (values[i] as number))).toBeLessThan(tolerance);
      }
    });

    it('takes columns that depend on each other, and zeros', async () => {
      const { width, reduce } = reducer();
      const size = 3 * width;
      // Every third column is zero, the next one constant, the third counts rows: rank 2.
      const matrix = Float32Array.from({ length: size * size }, (_, at) => {
        const column = at % size;
        return column % 3 === 0 ? 0 : column % 3 === 1 ? 1 : Math.floor(at / size) / size;
      });
      const band = await reduce(matrix, size, size);
      const norm = Math.sqrt(squaredNorm({ size, width, values: matrix }));
      expect(Math.abs(Math.sqrt(squaredNorm(band)) / norm - 1)).toBeLessThan(tolerance);
      const values = await bidiagonalValues(await bidiagonalize(band));
      expect(values[2]).toBeLessThan(tolerance * norm);
    });
  });
}
