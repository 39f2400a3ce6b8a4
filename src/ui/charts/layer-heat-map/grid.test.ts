import { expect, test } from 'vitest';
import { chartAxis } from '../../layer-strip/layer-axis.ts';
import {
  columnEdges,
  gridPlaces,
  gridReadout,
  gridPoints,
  gridTable,
  gridTables,
  levelPaths,
  writtenRows,
} from './grid.ts';

const rows = { title: 'rank', first: 1, count: 3 };
const grid = new Map<number, (number | null)[]>([
  [2, [0, -1, null]],
  [1, [0, -2, -4]],
]);
const counts = new Map([
  [1, 7],
  [2, 6],
]);
const data = { grid, rows, magnitude: { title: 'ln' }, counts };

test('columns of one section touch; sections do not', () => {
  const [line = []] = chartAxis({ visionBlocks: 2, layers: 3 }, 900, 1, 'all').lines;
  const edges = columnEdges(line);
  expect(edges.get(1)?.[1]).toBe(edges.get(2)?.[0]);
  expect(edges.get(-1)?.[1]).toBeLessThan(edges.get(0)?.[0] ?? 0);
});

test('cells of equal colour are one path, what has no value none', () => {
  const edges = new Map<number, [number, number]>([
    [1, [0, 10]],
    [2, [10, 20]],
  ]);
  const paths = levelPaths(grid, edges, 0, 5, [-4, 0]);
  expect(paths.at(-1)).toEqual({ level: 63, d: 'M10,0H20V5H10ZM0,0H10V5H0Z' });
  expect(paths.reduce((sum, { d }) => sum + d.split('M').length - 1, 0)).toBe(5);
});

test('the table has chosen ranks only', () => {
  expect(gridTable(data, [1, 3])).toEqual({
    columns: ['layer', 'n', 'ln, rank 1', 'ln, rank 3'],
    rows: [
      [1, 7, 0, -4],
      [2, 6, 0, null],
    ],
  });
});

test('each cell knows what it rests on: as much as its layer, or its own', () => {
  expect(gridPoints(grid, counts)).toEqual([6, 6, 7, 7, 7].map((n) => ({ n })));
  const own = new Map([
    [1, [7, 7, 3]],
    [2, [6, 2, 0]],
  ]);
  expect(gridPoints(grid, own)).toEqual([6, 2, 7, 7, 3].map((n) => ({ n })));
  expect(gridTable({ ...data, counts: own }, [1, 3])).toEqual({
    columns: ['layer', 'ln, rank 1', 'ln, rank 1, n', 'ln, rank 3', 'ln, rank 3, n'],
    rows: [
      [1, 0, 7, -4, 3],
      [2, 0, 6, null, 0],
    ],
  });
});

test('all ranks are exported, the marked ones are read', () => {
  const { table, full } = gridTables(data, [2]);
  expect(table.columns).toEqual(['layer', 'n', 'ln, rank 1', 'ln, rank 2', 'ln, rank 3']);
  const long = { ...data, rows: { ...rows, count: 45 } };
  expect([gridTables(long, [10]).table.columns.length, gridTables(long, [10]).full.columns.length]).toEqual([
    5, 47,
  ]);
  expect(full.rows[0]).toEqual([1, 7, 0, -2, -4]);
});

test('a layer and a rank are read with their value, or with what is missing', () => {
  const said = (layer: number | null, row: number | null) =>
    gridReadout(data, { cuts: [1, 2] }, layer, row).map(({ text }) => text);
  expect(said(1, 3)).toEqual(['Layer 1, Early', 'rank 3: \u22124, n = 7']);
  expect(said(2, 3)).toEqual(['Layer 2, Mid', 'rank 3: no value']);
  expect(said(2, null)).toEqual(['Layer 2, Mid']);
  expect(said(-1, 1)).toEqual(['Vision block \u22121', 'not covered']);
  expect(said(null, 1)).toEqual([]);
});

test('the keyboard begins at the first LLM layer', () => {
  expect(gridPlaces([-1, 0, 1, 2], rows)).toEqual({ rows: [1, 2, 3], columns: [-1, 0, 1, 2], start: 1 });
  expect(gridPlaces([4, 5], rows).start).toBe(4);
});

test('marked rows and both ends are written', () => {
  expect(writtenRows({ title: 'rank', first: 1, count: 45 }, [10, 20, 50])).toEqual([1, 10, 20, 45]);
  expect(writtenRows({ title: 'head', first: 0, count: 12 }, [])).toEqual([0, 5, 10, 11]);
});

test('of a few heads all are written, and of many all are read in the table', () => {
  const heads = (count: number) => ({ title: 'head', first: 0, count });
  expect(writtenRows(heads(4), [])).toEqual([0, 1, 2, 3]);
  const columns = (count: number) => gridTables({ ...data, rows: heads(count) }, []).table.columns.length;
  expect([columns(4), columns(28)]).toEqual([6, 30]);
});

test('rows with names are all written, by their names', () => {
  const named = { title: 'projection', first: 0, count: 2, names: ['q', 'down'] };
  expect(writtenRows(named, [])).toEqual([0, 1]);
  const overlap = { grid: new Map([[1, [0.5, null]]]), magnitude: { title: 'overlap' } };
  expect(gridTable({ ...data, ...overlap, rows: named }, [0, 1])).toEqual({
    columns: ['layer', 'n', 'overlap, projection q', 'overlap, projection down'],
    rows: [[1, 7, 0.5, null]],
  });
});
