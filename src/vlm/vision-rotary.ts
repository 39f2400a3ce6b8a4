import type { VisionConfig } from './config.ts';
import type { ImageGrid } from './image-grid.ts';
import { inverseFrequencies, type RotaryTable } from './rotary.ts';

/** Vision towers turn with this base (`checkRotary`). */
const THETA = 10_000;

/**
 * Rotary angles of an image's patches, `[patches, headDim / 2]`: the first half of each row turns with the patch's row,
 * the second with its column. Patches stand in the image processor's order (merge units, row by row), or with the units
 * permuted by `order` (a WindowPlan's).
 */
export function visionRotary(grid: ImageGrid, config: VisionConfig, order?: Int32Array): RotaryTable {
  const [time, height, width] = grid;
  const merge = config.spatialMergeSize;
  const frequencies = inverseFrequencies(THETA, config.hiddenSize / config.heads / 2);
  const axis = frequencies.length;
  const patches = time * height * width;
  const cos = new Float32Array(patches * axis * 2);
  const sin = new Float32Array(patches * axis * 2);
  const columns = width / merge;
  const rows = height / merge;
  let to = 0;
  const turn = (position: number): void => {
    for (const frequency of frequencies) {
      const angle = Math.fround(position * frequency);
      cos[to] = Math.cos(angle);
      sin[to++] = Math.sin(angle);
    }
  };
  for (let i = 0; i < patches / merge ** 2; i++) {
    const unit = (order?.[i] ?? i) % (rows * columns);
    for (let patch = 0; patch < merge ** 2; patch++) {
      turn(Math.floor(unit / columns) * merge + Math.floor(patch / merge));
      turn((unit % columns) * merge + (patch % merge));
    }
  }
  return { cos, sin };
}
