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
import type { GridCounts, LayerGrid } from '../../charts/layer-heat-map/grid.ts';
import type { LayerSeries } from '../../charts/layer-lines/series.ts';
import { mean } from '../../../statistics/mean.ts';
import { t } from './texts.ts';

/** Overlap of output and input directions per layer, mean over its matrices, each in a panel with what chance gives. */
export function overlapSeries(file: SubspaceOverlapFile, k: number, colour: string): LayerSeries[] {
  const line = (
    side: Side,
    value: (overlap: SideOverlap, k: number) => number,
    look: Pick<LayerSeries, 'key' | 'label' | 'colour' | 'marker' | 'also'>,
  ): LayerSeries => ({
    ...look,
    panel: t.sides[side].name,
    points: overlapByLayer(file, side, (overlap) => value(overlap, k)),
  });
  const soft = 'var(--ink-soft)';
  const { matrices, without, unsettled } = overlapCounts(file);
  const also = { matrices, 'matrices without overlap': without, 'not settled': unsettled };
  return [
    line('output', overlapAt, { key: 'output', label: t.sides.output.line, colour, marker: 'circle', also }),
    line('input', overlapAt, { key: 'input', label: t.sides.input.line, colour, marker: 'square', also }),
    line('output', chanceAt, {
      ...{ key: 'output chance', label: t.sides.output.chance, colour: soft, marker: 'circle' },
    }),
    line('input', chanceAt, {
      ...{ key: 'input chance', label: t.sides.input.chance, colour: soft, marker: 'square' },
    }),
  ];
}

/** A map of means over matrices, and how many each cell is a mean of. */
export interface CountedGrid {
  readonly grid: LayerGrid;
  readonly counts: GridCounts;
}

/** Short names of the projections that were measured, in the order in which they come, and their overlap per layer. */
export function projectionGrid(
  { layers }: SubspaceOverlapFile,
  side: Side,
  k: number,
): CountedGrid & { readonly names: readonly string[] } {
  const names = [...new Set(layers.map(({ projection }) => shortProjection(projection)))].sort(
    (a, b) => orderOf(a) - orderOf(b),
  );
  const found = countedGrid(layers, names.length, (entry, at) => {
    const overlap = shortProjection(entry.projection) === names[at] ? entry[side] : null;
    return overlap ? overlapAt(overlap, k) : undefined;
  });
  return { names, ...found };
}

/** Overlap of the first 1, 2, …, `count` directions per layer, mean over its matrices. */
export function growthGrid({ layers }: SubspaceOverlapFile, side: Side, count: number): CountedGrid {
  return countedGrid(layers, count, (entry, at) => entry[side]?.overlaps[at]);
}

/** Principal angles in degrees per layer, ascending, mean over its matrices. */
export function angleGrid({ layers }: SubspaceOverlapFile, side: Side, count: number): CountedGrid {
  return countedGrid(layers, count, (entry, at) => {
    const angle = entry[side]?.principal_angles[at];
    return angle === undefined ? undefined : (angle * 180) / Math.PI;
  });
}

/** @param value of a matrix in a row; undefined where it has none */
function countedGrid(
  layers: readonly OverlapEntry[],
  rows: number,
  value: (entry: OverlapEntry, at: number) => number | undefined,
): CountedGrid {
  const cells = [...entriesByLayer(layers)].map(([layer, entries]) => {
    const found = Array.from({ length: rows }, (_, at) => entries.flatMap((entry) => value(entry, at) ?? []));
    return [layer, found] as const;
  });
  return {
    grid: new Map(
      cells.map(([layer, found]) => [layer, found.map((own) => (own.length === 0 ? null : mean(own)))]),
    ),
    counts: new Map(cells.map(([layer, found]) => [layer, found.map(({ length }) => length)])),
  };
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
