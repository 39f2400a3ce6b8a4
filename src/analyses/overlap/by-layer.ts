import type { LayerIndex } from '../../layer-index.ts';
import type {
  OverlapEntry,
  SideOverlap,
  SubspaceOverlapFile,
} from '../../spectra/results/subspace-overlap-file.ts';
import { byLayer } from '../../spectra/results/updates-file.ts';
import { mean } from '../../statistics/mean.ts';

/** Output directions are left singular vectors, input directions right ones. */
export type Side = 'output' | 'input';

/** Vectors come from float32 products: digits beyond these are rounding. */
const DECIMALS = 6;

/** A vector whose residual is larger may still turn by some degrees. */
const SETTLED = 0.05;

/** The overlap of the first k directions; of all there are where an update has fewer. */
export function overlapAt({ overlaps }: SideOverlap, k: number): number {
  return Number((overlaps[Math.min(k, overlaps.length) - 1] ?? 0).toFixed(DECIMALS));
}

/** What random subspaces of as many directions share on average: k/n. */
export function chanceAt({ overlaps, expected }: SideOverlap, k: number): number {
  return (expected * Math.min(k, overlaps.length)) / overlaps.length;
}

/** Of one side's overlaps a number per layer, mean over its matrices; null where none has an overlap. */
export function overlapByLayer(
  { layers }: Pick<SubspaceOverlapFile, 'layers'>,
  side: Side,
  value: (overlap: SideOverlap) => number,
): readonly { readonly layer: LayerIndex; readonly value: number | null; readonly n?: number }[] {
  return entriesByLayer(layers).map(([layer, entries]) => {
    const found = entries.flatMap((entry) => entry[side] ?? []);
    if (found.length === 0) return { layer, value: null };
    return { layer, value: mean(found.map(value)), n: found.length };
  });
}

/** Matrices without an overlap, since an update is zero, and those whose vectors had not settled. */
export function overlapCounts({ layers }: Pick<SubspaceOverlapFile, 'layers'>) {
  return {
    matrices: layers.length,
    without: layers.filter((entry) => entry.k === 0).length,
    unsettled: layers.filter(({ residual }) => residual > SETTLED).length,
  };
}

/** Matrices by unified layer index, in its order. */
export function entriesByLayer(layers: readonly OverlapEntry[]) {
  return byLayer(layers, ({ layer_idx }) => layer_idx);
}
