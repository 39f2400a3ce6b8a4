import type { VisionConfig } from './config.ts';
import type { ImageGrid } from './image-grid.ts';
import { patchPlaces } from './patch-order.ts';
import { inverseFrequencies, type RotaryTable } from './rotary.ts';

/** Vision towers turn with this base (`checkRotary`). */
const THETA = 10_000;

/**
 * Rotary angles of an image's patches, `[patches, headDim / 2]`: the first half of each row turns with the patch's row,
 * the second with its column. Patches stand as `patchPlaces` has them.
 */
export function visionRotary(grid: ImageGrid, config: VisionConfig, order?: Int32Array): RotaryTable {
  const { rows, columns } = patchPlaces(grid, config.spatialMergeSize, order);
  const frequencies = inverseFrequencies(THETA, config.hiddenSize / config.heads / 2);
  const cos = new Float32Array(rows.length * frequencies.length * 2);
  const sin = new Float32Array(cos.length);
  let to = 0;
  for (let patch = 0; patch < rows.length; patch++) {
    for (const position of [rows[patch] ?? 0, columns[patch] ?? 0]) {
      for (const frequency of frequencies) {
        const angle = Math.fround(position * frequency);
        cos[to] = Math.cos(angle);
        sin[to++] = Math.sin(angle);
      }
    }
  }
  return { cos, sin };
}
