import type { ImageGrid } from './image-grid.ts';
import { patchPlaces } from './patch-order.ts';

/** The entries of a learned position table that each patch takes, tap by tap, and how much of each. */
export interface PositionTaps {
  /** `[4 × patches]`: rows of the table. */
  readonly rows: Int32Array;
  /** `[4 × patches]`. */
  readonly weights: Float32Array;
}

/**
 * A square table of `side` × `side` positions laid over an image's patches, corners on corners, and read between its entries
 * bilinearly: `get_vision_interpolation_indices_and_weights` of transformers 5.24 with align_corners. Patches stand as
 * `patchPlaces` has them.
 */
export function positionTaps(grid: ImageGrid, side: number, merge: number, order?: Int32Array): PositionTaps {
  const [, height, width] = grid;
  const places = patchPlaces(grid, merge, order);
  const patches = places.rows.length;
  const [rows, weights] = [new Int32Array(4 * patches), new Float32Array(4 * patches)];
  for (let patch = 0; patch < patches; patch++) {
    const down = axisTaps(places.rows[patch] ?? 0, height, side);
    const right = axisTaps(places.columns[patch] ?? 0, width, side);
    down.forEach(([row, share], i) => {
      right.forEach(([column, part], j) => {
        rows[(2 * i + j) * patches + patch] = row * side + column;
        weights[(2 * i + j) * patches + patch] = share * part;
      });
    });
  }
  return { rows, weights };
}

/** The entries before and after a place on an axis of `size`, with their weights; float32 after each operation, as PyTorch. */
function axisTaps(
  place: number,
  size: number,
  side: number,
): readonly (readonly [entry: number, weight: number])[] {
  const at = Math.fround(Math.fround(place * (side - 1)) / Math.max(1, size - 1));
  const below = Math.floor(at);
  return [0, 1].map((offset) => {
    const distance = Math.abs(Math.fround(Math.fround(at - below) - offset));
    return [Math.min(below + offset, side - 1), Math.fround(1 - distance)] as const;
  });
}
