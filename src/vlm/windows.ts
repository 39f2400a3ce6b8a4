import type { VisionConfig } from './config.ts';
import type { ImageGrid } from './image-grid.ts';

/** Windows of equal size, laid out one after another. */
export interface WindowClass {
  readonly windows: number;
  /** Patches in each. */
  readonly patches: number;
}

export interface WindowPlan {
  /** Position in our order → index in the reference's order, in merge × merge units of patches. */
  readonly order: Int32Array;
  /** Index in the reference's order → position in ours. */
  readonly inverse: Int32Array;
  /** Runs of `order`, largest windows first; at most four for an image (inside, right edge, lower edge, corner). */
  readonly classes: readonly WindowClass[];
}

/** The attention windows of an image in the reference's order, each a list of merge units; without a size, one a frame. */
function windows([time, height, width]: ImageGrid, config: VisionConfig): number[][] {
  const rows = height / config.spatialMergeSize;
  const columns = width / config.spatialMergeSize;
  const { windowSize = Infinity, spatialMergeSize, patchSize } = config;
  const side = Math.floor(windowSize / spatialMergeSize / patchSize);
  const found: number[][] = [];
  for (let frame = 0; frame < time; frame++) {
    for (let top = 0; top < rows; top += side) {
      for (let left = 0; left < columns; left += side) {
        const units: number[] = [];
        for (let row = top; row < Math.min(top + side, rows); row++) {
          for (let column = left; column < Math.min(left + side, columns); column++) {
            units.push((frame * rows + row) * columns + column);
          }
        }
        found.push(units);
      }
    }
  }
  return found;
}

/**
 * transformers' window order: `index[i]` is the merge unit at position i, `boundaries` the cumulative number of patches
 * at which windows begin and end (`cu_window_seqlens`).
 */
export function windowIndex(
  grid: ImageGrid,
  config: VisionConfig,
): { readonly index: Int32Array; readonly boundaries: Int32Array } {
  const list = windows(grid, config);
  const boundaries = new Int32Array(list.length + 1);
  list.forEach((units, i) => {
    boundaries[i + 1] = (boundaries[i] ?? 0) + units.length * config.spatialMergeSize ** 2;
  });
  return { index: Int32Array.from(list.flat()), boundaries };
}

/**
 * Window attention without a mask: windows sorted by size, so that those of one size form one batch `[windows, patches, D]`
 * of ordinary attention over a contiguous piece of the sequence. Attention does not care for the order of
 * windows, so the result is the reference's, permuted.
 */
export function windowPlan(grid: ImageGrid, config: VisionConfig): WindowPlan {
  const list = windows(grid, config).sort((a, b) => b.length - a.length);
  const order = Int32Array.from(list.flat());
  const inverse = new Int32Array(order.length);
  order.forEach((unit, position) => {
    inverse[unit] = position;
  });
  const sizes = [...new Set(list.map((units) => units.length))];
  return {
    order,
    inverse,
    classes: sizes.map((size) => ({
      windows: list.filter((units) => units.length === size).length,
      patches: size * config.spatialMergeSize ** 2,
    })),
  };
}
