import type { ImageGrid } from './image-grid.ts';

/** Row and column of each patch in its image, `[patches]`. */
export interface PatchPlaces {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/**
 * Where the patches of an image lie, in the image processor's order (merge units row by row, the patches of each following one
 * another), or with the units permuted by `order` (a WindowPlan's).
 */
export function patchPlaces(
  [time, height, width]: ImageGrid,
  merge: number,
  order?: Int32Array,
): PatchPlaces {
  const patches = time * height * width;
  const [rows, columns] = [new Int32Array(patches), new Int32Array(patches)];
  const across = width / merge;
  const units = (height / merge) * across;
  for (let patch = 0; patch < patches; patch++) {
    const at = Math.floor(patch / merge ** 2);
    const unit = (order?.[at] ?? at) % units;
    const within = patch % merge ** 2;
    rows[patch] = Math.floor(unit / across) * merge + Math.floor(within / merge);
    columns[patch] = (unit % across) * merge + (within % merge);
  }
  return { rows, columns };
}
