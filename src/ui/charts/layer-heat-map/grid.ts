import { layerIndex } from '../../format/quantity.ts';
import type { AxisCell } from '../../layer-strip/layer-axis.ts';
import type { DataTable } from '../figure/data-table.ts';
import { levelOf } from '../marks/magnitude.ts';

/** The rows of a map: ranks from 1, heads from 0. */
export interface GridRows {
  /** "rank i", "head". */
  readonly title: string;
  /** Number of the first row. */
  readonly first: number;
  readonly count: number;
  /** What stands in place of the numbers, a name for each row: projections. */
  readonly names?: readonly string[];
}

/** A row as it is written: its name, or its number. */
export function rowName({ first, names }: GridRows, row: number): string {
  return names?.[row - first] ?? layerIndex(row);
}

/** Per unified layer index, one value per row; null where there is none. */
export type LayerGrid = ReadonlyMap<number, readonly (number | null)[]>;

/** Every finite value of a grid. */
export function gridValues(grid: LayerGrid): number[] {
  return [...grid.values()].flatMap((column) =>
    column.filter((value): value is number => value !== null && Number.isFinite(value)),
  );
}

/** Edges of the columns: neighbours of one section touch, so that the map has no bars of ground in it. */
export function columnEdges(cells: readonly AxisCell[]): Map<number, readonly [number, number]> {
  return new Map(
    cells.map((cell, i) => {
      const next = cells[i + 1];
      const end = next && next.section === cell.section ? next.x : cell.x + cell.width;
      return [cell.index, [cell.x, end] as const];
    }),
  );
}

/** The cells of each colour level as one path: a whole map in at most as many paths as there are levels. */
export function levelPaths(
  grid: LayerGrid,
  edges: ReadonlyMap<number, readonly [number, number]>,
  top: number,
  rowHeight: number,
  domain: readonly [number, number],
): { level: number; d: string }[] {
  const paths = new Map<number, string[]>();
  const at = (value: number) => String(Number(value.toFixed(2)));
  for (const [layer, column] of grid) {
    const edge = edges.get(layer);
    if (!edge) continue;
    column.forEach((value, row) => {
      if (value === null || !Number.isFinite(value)) return;
      const level = levelOf(value, domain);
      const [y0, y1] = [top + row * rowHeight, top + (row + 1) * rowHeight];
      const path = paths.get(level) ?? [];
      path.push(`M${at(edge[0])},${at(y0)}H${at(edge[1])}V${at(y1)}H${at(edge[0])}Z`);
      paths.set(level, path);
    });
  }
  return [...paths].sort(([a], [b]) => a - b).map(([level, parts]) => ({ level, d: parts.join('') }));
}

/** One row per layer, one column per chosen row of the grid. */
export function gridTable(
  grid: LayerGrid,
  rows: GridRows,
  title: string,
  chosen: readonly number[],
): DataTable {
  return {
    columns: ['layer', ...chosen.map((row) => `${title}, ${rows.title} ${rowName(rows, row)}`)],
    rows: [...grid]
      .sort(([a], [b]) => a - b)
      .map(([layer, column]) => [layer, ...chosen.map((row) => column[row - rows.first] ?? null)]),
  };
}

/** The rows that are written at the axis and in the short table: the marked ones and both ends; all that have names. */
export function writtenRows(rows: GridRows, marked: readonly number[]): number[] {
  const last = rows.first + rows.count - 1;
  if (rows.names) return rows.names.map((_, i) => rows.first + i);
  const some = marked.length
    ? marked
    : Array.from({ length: rows.count }, (_, i) => rows.first + i).filter((row) => row % 5 === 0);
  return [...new Set([rows.first, ...some.filter((row) => row >= rows.first && row <= last), last])].sort(
    (a, b) => a - b,
  );
}
