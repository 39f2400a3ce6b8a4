import { expect, test } from 'vitest';
import { chartAxis } from '../../layer-strip/layer-axis.ts';
import { columnEdges, gridTable, levelPaths, writtenRows } from './grid.ts';

const rows = { title: 'rank', first: 1, count: 3 };
const grid = new Map<number, (number | null)[]>([
  [2, [0, -1, null]],
  [1, [0, -2, -4]],
]);

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
  expect(gridTable(grid, rows, 'ln', [1, 3])).toEqual({
    columns: ['layer', 'ln, rank 1', 'ln, rank 3'],
    rows: [
      [1, 0, -4],
      [2, 0, null],
    ],
  });
});

test('marked rows and both ends are written', () => {
  expect(writtenRows({ title: 'rank', first: 1, count: 45 }, [10, 20, 50])).toEqual([1, 10, 20, 45]);
  expect(writtenRows({ title: 'head', first: 0, count: 12 }, [])).toEqual([0, 5, 10, 11]);
});

test('rows with names are all written, by their names', () => {
  const named = { title: 'projection', first: 0, count: 2, names: ['q', 'down'] };
  expect(writtenRows(named, [])).toEqual([0, 1]);
  expect(gridTable(new Map([[1, [0.5, null]]]), named, 'overlap', [0, 1])).toEqual({
    columns: ['layer', 'overlap, projection q', 'overlap, projection down'],
    rows: [[1, 0.5, null]],
  });
});
