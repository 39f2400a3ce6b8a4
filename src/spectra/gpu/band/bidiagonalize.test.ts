import { describe, expect, it } from 'vitest';
import { reduceToBand } from '../testing/reduce.ts';
import { smallSingularValues } from '../reference/small.ts';
import { geometric, uniformMatrix, withSpectrum } from '../testing/known-spectrum.ts';
import { squaredNorm } from './band-matrix.ts';
import { bidiagonalValues } from './bidiagonal-values.ts';
import { bidiagonalize } from './bidiagonalize.ts';

function bandOf(size: number, width: number, seed: number) {
  const values = Float64Array.from(uniformMatrix(size, width + 1, seed), (value, at) =>
    Math.floor(at / (width + 1)) + (at % (width + 1)) < size ? value : 0,
  );
  return { size, width, values };
}

describe('bidiagonalize', () => {
  it.each([
    [1, 0],
    [1, 4],
    [2, 4],
    [5, 1],
    [7, 2],
    [40, 3],
    [41, 8],
    [30, 29],
    [50, 16],
  ])('keeps the singular values of a band of size %i, width %i', async (size, width) => {
    const band = bandOf(size, width, 3);
    const dense = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k <= width && i + k < size; k++)
        dense[i * size + i + k] = band.values[i * (width + 1) + k] as number;
    }
    const expected = smallSingularValues(dense, size, size);
    const { diagonal, superdiagonal } = await bidiagonalize(band);
    const norm = [...diagonal, ...superdiagonal].reduce((sum, x) => sum + x * x, 0);
    expect(Math.abs(norm / squaredNorm(band) - 1)).toBeLessThan(1e-13);
    const actual = await bidiagonalValues({ diagonal, superdiagonal });
    for (let i = 0; i < size; i++) {
      expect(Math.abs((actual[i] as number) - (expected[i] as number))).toBeLessThan(
        1e-13 * (expected[0] as number),
      );
    }
  });

  it('gives the values a matrix was made with, through the f64 reduction to a band', async () => {
    const [rows, cols, width] = [60, 48, 8];
    const values = geometric(cols, 1e-6);
    const band = reduceToBand(withSpectrum(values, rows, cols, 1), rows, cols, width);
    const actual = await bidiagonalValues(await bidiagonalize(band));
    for (let i = 0; i < cols; i++) {
      expect(Math.abs((actual[i] as number) - (values[i] as number))).toBeLessThan(1e-14);
    }
  });

  it('is cancelled', async () => {
    await expect(bidiagonalize(bandOf(100, 8, 1), AbortSignal.abort())).rejects.toMatchObject({
      name: 'Cancelled',
    });
  });
});
