import {
  chanceAt,
  entriesByLayer,
  overlapAt,
  overlapByLayer,
  overlapCounts,
  type Side,
} from '../../../analyses/overlap/by-layer.ts';
import type {
  OverlapEntry,
  SideOverlap,
  SubspaceOverlapFile,
} from '../../../spectra/results/subspace-overlap-file.ts';
import type { LayerGrid } from '../../charts/layer-heat-map/grid.ts';
import type { LayerSeries } from '../../charts/layer-lines/series.ts';
import { mean } from '../../../statistics/mean.ts';

/** Overlap of output and input directions per layer, mean over its matrices, each in a panel with what chance gives. */
export function overlapSeries(file: SubspaceOverlapFile, k: number, colour: string): LayerSeries[] {
  const line = (
    side: Side,
    value: (overlap: SideOverlap, k: number) => number,
    look: Pick<LayerSeries, 'key' | 'label' | 'colour' | 'marker' | 'also'>,
  ): LayerSeries => ({
    ...look,
    panel: side === 'output' ? 'Output directions' : 'Input directions',
    points: overlapByLayer(file, side, (overlap) => value(overlap, k)),
  });
  const soft = 'var(--ink-soft)';
  const { matrices, without, unsettled } = overlapCounts(file);
  const also = { matrices, 'matrices without overlap': without, 'not settled': unsettled };
  return [
    line('output', overlapAt, { key: 'output', label: 'outputs', colour, marker: 'circle', also }),
    line('input', overlapAt, { key: 'input', label: 'inputs', colour, marker: 'square', also }),
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
    [...entriesByLayer(layers)].map(([layer, entries]) => [
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

function sideGrid(
  layers: readonly OverlapEntry[],
  side: Side,
  count: number,
  value: (overlap: SideOverlap, index: number) => number | undefined,
): LayerGrid {
  return new Map(
    [...entriesByLayer(layers)].map(([layer, entries]) => [
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

/** How many matrices of a layer have an overlap: each value of the grids is a mean over these. */
export function matricesByLayer({ layers }: SubspaceOverlapFile, side: Side): ReadonlyMap<number, number> {
  return new Map(
    entriesByLayer(layers).map(([layer, entries]) => [layer, entries.filter((entry) => entry[side]).length]),
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
