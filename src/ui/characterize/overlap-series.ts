import type {
  OverlapEntry,
  SideOverlap,
  SubspaceOverlapFile,
} from '../../spectra/results/subspace-overlap-file.ts';
import type { LayerGrid } from '../charts/layer-heat-map/grid.ts';
import type { LayerPoint, LayerSeries } from '../charts/layer-lines/series.ts';
import { mean } from '../../statistics/mean.ts';

/** Output directions are left singular vectors, input directions right ones. */
export type Side = 'output' | 'input';

/** Vectors come from float32 products: digits beyond these are rounding. */
const DECIMALS = 6;

/** The overlap of the first k directions; of all there are where an update has fewer. */
function overlapAt({ overlaps }: SideOverlap, k: number): number {
  return Number((overlaps[Math.min(k, overlaps.length) - 1] ?? 0).toFixed(DECIMALS));
}

/** What random subspaces of as many directions share on average: k/n. */
function chanceAt({ overlaps, expected }: SideOverlap, k: number): number {
  return (expected * Math.min(k, overlaps.length)) / overlaps.length;
}

/** Overlap of output and input directions per layer, mean over its matrices, and beside each what chance gives. */
export function overlapSeries({ layers }: SubspaceOverlapFile, k: number, colour: string): LayerSeries[] {
  const line = (
    side: Side,
    value: (overlap: SideOverlap, k: number) => number,
    look: Pick<LayerSeries, 'key' | 'label' | 'colour' | 'marker'>,
  ): LayerSeries => ({
    ...look,
    points: [...byLayer(layers)].flatMap(([layer, entries]): LayerPoint[] => {
      const found = entries.flatMap((entry) => entry[side] ?? []);
      if (found.length === 0) return [{ layer, value: null }];
      return [{ layer, value: mean(found.map((overlap) => value(overlap, k))), n: found.length }];
    }),
  });
  const soft = 'var(--ink-soft)';
  return [
    line('output', overlapAt, { key: 'output', label: 'outputs', colour, marker: 'circle' }),
    line('input', overlapAt, { key: 'input', label: 'inputs', colour, marker: 'square' }),
    line('output', chanceAt, {
      ...{ key: 'output chance', label: 'outputs, chance', colour: soft, marker: 'circle' },
    }),
    line('input', chanceAt, {
      ...{ key: 'input chance', label: 'inputs, chance', colour: soft, marker: 'square' },
    }),
  ];
}

/** Short names of the projections that were measured, in the order in which they come, and their overlap per layer. */
export function projectionGrid(
  { layers }: SubspaceOverlapFile,
  side: Side,
  k: number,
): { readonly names: readonly string[]; readonly grid: LayerGrid } {
  const names = [...new Set(layers.map(({ projection }) => shortProjection(projection)))].sort(
    (a, b) => orderOf(a) - orderOf(b),
  );
  const grid = new Map(
    [...byLayer(layers)].map(([layer, entries]) => [
      layer,
      names.map((name) => {
        const found = entries.flatMap((entry) =>
          shortProjection(entry.projection) === name ? (entry[side] ?? []) : [],
        );
        return found.length === 0 ? null : mean(found.map((overlap) => overlapAt(overlap, k)));
      }),
    ]),
  );
  return { names, grid };
}

/** Overlap of the first 1, 2, …, `count` directions per layer, mean over its matrices. */
export function growthGrid({ layers }: SubspaceOverlapFile, side: Side, count: number): LayerGrid {
  return sideGrid(layers, side, count, ({ overlaps }, i) => overlaps[i]);
}

/** Principal angles in degrees per layer, ascending, mean over its matrices. */
export function angleGrid({ layers }: SubspaceOverlapFile, side: Side, count: number): LayerGrid {
  return sideGrid(layers, side, count, ({ principal_angles: angles }, i) => {
    const angle = angles[i];
    return angle === undefined ? undefined : (angle * 180) / Math.PI;
  });
}

/** Matrices without an overlap, since an update is zero; those whose vectors had not settled; and what chance gives. */
export function overlapCounts({ layers }: SubspaceOverlapFile, k: number) {
  const chance = (side: Side): number => {
    const found = layers.flatMap((entry) => entry[side] ?? []);
    return found.length === 0 ? 0 : mean(found.map((overlap) => chanceAt(overlap, k)));
  };
  return {
    matrices: layers.length,
    without: layers.filter((entry) => entry.k === 0).length,
    unsettled: layers.filter(({ residual }) => residual > SETTLED).length,
    chance: { output: chance('output'), input: chance('input') },
  };
}

/** A vector whose residual is larger may still turn by some degrees. */
const SETTLED = 0.05;

function sideGrid(
  layers: readonly OverlapEntry[],
  side: Side,
  count: number,
  value: (overlap: SideOverlap, index: number) => number | undefined,
): LayerGrid {
  return new Map(
    [...byLayer(layers)].map(([layer, entries]) => [
      layer,
      Array.from({ length: count }, (_, i) => {
        const found = entries.flatMap((entry) => {
          const overlap = entry[side];
          return overlap ? (value(overlap, i) ?? []) : [];
        });
        return found.length === 0 ? null : mean(found);
      }),
    ]),
  );
}

/** As an axis has room for: "q", "down", "qkv"; the merger's are only numbered. */
function shortProjection(projection: string): string {
  return projection
    .replace(/^visual /, '')
    .replace(/^attn\./, '')
    .replace(/_proj$/, '');
}

const ORDER = ['q', 'k', 'v', 'qkv', 'o', 'proj', 'gate', 'up', 'down'];

function orderOf(name: string): number {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
}

function byLayer(layers: readonly OverlapEntry[]): Map<number, OverlapEntry[]> {
  const found = new Map<number, OverlapEntry[]>();
  for (const entry of layers) {
    if (entry.layer_idx === null) continue;
    found.set(entry.layer_idx, [...(found.get(entry.layer_idx) ?? []), entry]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}
