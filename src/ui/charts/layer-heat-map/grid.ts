import { range } from 'd3';
import { layerIndex } from '../../format/quantity.ts';
import type { AxisCell } from '../../layer-strip/layer-axis.ts';
import { plainNumber } from '../axis/value-axis.ts';
import type { CursorGrid } from '../figure/chart-cursor.svelte.ts';
import type { DataTable } from '../figure/data-table.ts';
import type { ReadoutPart } from '../figure/readout.ts';
import { layerName, type NamingFrame } from '../layer-chart/layer-name.ts';
import { levelOf, type Magnitude } from '../marks/magnitude.ts';
import { t } from '../texts.ts';

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

/** Per unified layer index, how many items each of its values rests on: all of them as many, or each its own. */
export type GridCounts = ReadonlyMap<number, number | readonly number[]>;

/** A grid with what its rows are and what its values measure. */
interface GridData {
  readonly grid: LayerGrid;
  readonly rows: GridRows;
  readonly magnitude: Magnitude;
  readonly counts: GridCounts;
}

/** How many items the value of a layer at a place of its column rests on; null where nothing was counted. */
function countAt(counts: GridCounts, layer: number, at: number): number | null {
  const found = counts.get(layer);
  return (typeof found === 'object' ? found[at] : found) ?? null;
}

/** What each cell that has a value rests on. */
export function gridPoints(grid: LayerGrid, counts: GridCounts): { readonly n?: number }[] {
  return [...grid].flatMap(([layer, column]) =>
    column.flatMap((value, at) => {
      const n = countAt(counts, layer, at);
      return value === null ? [] : [n === null ? {} : { n }];
    }),
  );
}

/** The numbers of all rows. */
export const rowNumbers = ({ first, count }: GridRows): number[] => range(first, first + count);

/** Where a grid can be read. The keyboard begins at the first LLM layer, if it is among the layers. */
export function gridPlaces(layers: readonly number[], rows: GridRows): CursorGrid<number, number> {
  return { rows: rowNumbers(rows), columns: layers, start: layers.includes(1) ? 1 : layers[0] };
}

/** What a chart of a grid says about one layer, and one row of it. */
export function gridReadout(
  { grid, rows, magnitude, counts }: GridData,
  frame: NamingFrame,
  layer: number | null,
  row: number | null,
): ReadoutPart[] {
  if (layer === null) return [];
  const name = { text: layerName(layer, frame), strong: true };
  const column = grid.get(layer);
  if (!column) return [name, { text: t.notCovered }];
  if (row === null) return [name];
  const value = column[row - rows.first] ?? null;
  const n = countAt(counts, layer, row - rows.first);
  const alone = value === null ? t.noValue : (magnitude.format ?? plainNumber)(value);
  const text = value === null || n === null ? alone : t.onItems(alone, n);
  return [name, { text: t.told(t.row(rows.title, rowName(rows, row)), text) }];
}

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

/** One row per layer, one column per chosen row of the grid; the items that a layer's values rest on, or beside each value its own. */
export function gridTable(
  { grid, rows, magnitude: { title }, counts }: GridData,
  chosen: readonly number[],
): DataTable {
  const own = [...counts.values()].some((found) => typeof found === 'object');
  return {
    columns: [
      t.columns.layer,
      ...(own ? [] : ['n']),
      ...chosen.flatMap((row) => {
        const name = t.of(title, t.row(rows.title, rowName(rows, row)));
        return own ? [name, t.of(name, 'n')] : [name];
      }),
    ],
    rows: [...grid]
      .sort(([a], [b]) => a - b)
      .map(([layer, column]) => [
        layer,
        ...(own ? [] : [countAt(counts, layer, 0)]),
        ...chosen.flatMap((row) => {
          const at = row - rows.first;
          const value = column[at] ?? null;
          return own ? [value, countAt(counts, layer, at)] : [value];
        }),
      ]),
  };
}

/** The table to read, of the marked rows where any are (ranks), and the one to export, of all. */
export function gridTables(data: GridData, marked: readonly number[]): { table: DataTable; full: DataTable } {
  const full = gridTable(data, rowNumbers(data.rows));
  return { table: marked.length > 0 ? gridTable(data, writtenRows(data.rows, marked)) : full, full };
}

/** So few rows are all written at the axis. */
const ALL_WRITTEN = 8;

/** The rows that are written at the axis: the marked ones and both ends; all that have names, and all of a few. */
export function writtenRows(rows: GridRows, marked: readonly number[]): number[] {
  const last = rows.first + rows.count - 1;
  if (rows.names || rows.count <= ALL_WRITTEN) return rowNumbers(rows);
  const some = marked.length ? marked : rowNumbers(rows).filter((row) => row % 5 === 0);
  return [...new Set([rows.first, ...some.filter((row) => row >= rows.first && row <= last), last])].sort(
    (a, b) => a - b,
  );
}
