import { expect, it } from 'vitest';
import { positionTaps } from './position-table.ts';

/** Of `get_vision_interpolation_indices_and_weights` (transformers 5.24, align_corners, merge size 2), a patch a line. */
it('reads the table as transformers does, in the order of merge units', () => {
  const { rows, weights } = positionTaps([1, 4, 6], 5, 2);
  const of = (values: ArrayLike<number>, patch: number): number[] =>
    [0, 1, 2, 3].map((tap) => values[tap * 24 + patch] ?? NaN);
  expect(rows).toHaveLength(4 * 24);
  expect([0, 3, 7, 9, 13, 23].map((patch) => of(rows, patch))).toEqual([
    [0, 1, 5, 6],
    [5, 6, 10, 11],
    [7, 8, 12, 13],
    [4, 4, 9, 9],
    [10, 11, 15, 16],
    [24, 24, 24, 24],
  ]);
  expect([0, 3, 7, 9, 13, 23].map((patch) => of(weights, patch))).toEqual([
    [1, 0, 0, 0],
    [0.13333331048488617, 0.5333333015441895, 0.06666667014360428, 0.2666667103767395],
    [0.3999999165534973, 0.2666667103767395, 0.19999998807907104, 0.13333338499069214],
    [1, 0, 0, 0],
    [0.06666664779186249, 0.26666662096977234, 0.13333334028720856, 0.533333420753479],
    [1, 0, 0, 0],
  ]);
});
