import { describe, expect, it } from 'vitest';
import { smallSingularValues } from '../reference/small.ts';
import { bidiagonalValues } from './bidiagonal-values.ts';
import { seededRandom } from '../../../work/seeded-random.ts';

const of = (diagonal: number[], superdiagonal: number[]) =>
  bidiagonalValues({
    diagonal: Float64Array.from(diagonal),
    superdiagonal: Float64Array.from(superdiagonal),
  });

function expectRelative(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] as number;
    expect(
      Math.abs((actual[i] as number) - wanted),
      `value ${i}: ${actual[i]} for ${wanted}`,
    ).toBeLessThanOrEqual(tolerance * Math.abs(wanted));
  }
}

describe('bidiagonalValues', () => {
  it('gives 2·cos(kπ/(2n+1)) for ones on both diagonals', async () => {
    for (const n of [2, 3, 17, 400]) {
      const expected = Array.from({ length: n }, (_, k) => 2 * Math.cos(((k + 1) * Math.PI) / (2 * n + 1)));
      // The closed form itself loses digits where the cosine is near zero.
      const actual = await of(Array<number>(n).fill(1), Array<number>(n - 1).fill(1));
      for (let k = 0; k < n; k++)
        expect(Math.abs((actual[k] as number) - (expected[k] as number))).toBeLessThan(1e-13);
    }
  });

  it('keeps the leading digits of values far below ε·σ₁', async () => {
    // The product of the values is the determinant: the product of the diagonal, exactly.
    const n = 12;
    const diagonal = Array.from({ length: n }, (_, i) => 10 ** (-2 * i));
    const values = await of(
      diagonal,
      diagonal.slice(0, -1).map((x) => x / 2),
    );
    const log = values.reduce((sum, value) => sum + Math.log(value), 0);
    const expected = diagonal.reduce((sum, value) => sum + Math.log(value), 0);
    expect(Math.abs(log - expected)).toBeLessThan(1e-12);
    expect(values[n - 1]).toBeLessThan(1e-21);
  });

  it('agrees with Jacobi on random matrices, in either direction of grading', async () => {
    const random = seededRandom(5);
    for (const n of [1, 2, 3, 9, 30]) {
      for (const grade of [1, 0.5, 2]) {
        const d = Array.from({ length: n }, (_, i) => (random() - 0.5) * grade ** i);
        const e = Array.from({ length: n - 1 }, (_, i) => (random() - 0.5) * grade ** i);
        const dense = new Float64Array(n * n);
        d.forEach((value, i) => (dense[i * n + i] = value));
        e.forEach((value, i) => (dense[i * n + i + 1] = value));
        const expected = smallSingularValues(dense, n, n);
        const actual = await of(d, e);
        for (let k = 0; k < n; k++) {
          const difference = Math.abs((actual[k] as number) - (expected[k] as number));
          expect(difference).toBeLessThan(1e-13 * (expected[0] as number));
        }
      }
    }
  });

  it('takes zeros anywhere', async () => {
    expect([...(await of([0, 0, 0], [0, 0]))]).toEqual([0, 0, 0]);
    // [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    expectRelative((await of([0, 0, 0], [1, 1])).subarray(0, 2), [1, 1], 1e-14);
    // A zero in the middle: ‖row 1‖, and the 2 × 2 that is left.
    expectRelative(await of([3, 0, 2], [4, 0]), [5, 2, 0], 1e-13);
    expectRelative(await of([5], []), [5], 0);
    expect((await of([], [])).length).toBe(0);
  });

  it('says NonFiniteMatrix for NaN and Cancelled on abort', async () => {
    await expect(of([1, NaN, 1], [1, 1])).rejects.toMatchObject({ name: 'NonFiniteMatrix' });
    const matrix = { diagonal: new Float64Array(300).fill(1), superdiagonal: new Float64Array(299).fill(1) };
    await expect(bidiagonalValues(matrix, AbortSignal.abort())).rejects.toMatchObject({ name: 'Cancelled' });
  });
});
