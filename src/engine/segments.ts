/** Which consecutive layers are run in one graph. */

export interface Segment {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * Cuts layers 0 … `layers`−1 into runs of at most `longest`, with a cut before every layer for which
 * `cutBefore` holds (a change of donor where weights are constants, rows that join, a swap, a capture).
 */
export function segments(
  layers: number,
  longest: number,
  cutBefore: (layer: number) => boolean,
): readonly Segment[] {
  const list: Segment[] = [];
  let from = 0;
  for (let layer = 1; layer <= layers; layer++) {
    if (layer < layers && layer - from < longest && !cutBefore(layer)) continue;
    list.push({ from, to: layer });
    from = layer;
  }
  return list;
}
