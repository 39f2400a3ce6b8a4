import { expect, test } from 'vitest';
import { ChartCursor, Highlight, itemAt } from './chart-cursor.svelte.ts';

const grid = { rows: ['a', 'b', 'c'], columns: [-1, 0, 1, 2], start: 1 };

function after(keys: string, more: Partial<typeof grid & { around: boolean }> = {}) {
  const cursor = new ChartCursor(() => ({ ...grid, ...more }));
  const used = keys.split(' ').map((key) => cursor.key(key));
  return [cursor.row, cursor.column, used.at(-1)];
}

test.each([
  ['ArrowRight', ['a', 1, true]],
  ['ArrowLeft', ['a', 1, true]],
  ['ArrowDown', ['a', 1, true]],
  ['Home', ['a', -1, true]],
  ['End', ['a', 2, true]],
  ['ArrowRight ArrowRight ArrowRight', ['a', 2, true]],
  ['Home ArrowLeft', ['a', -1, true]],
  ['ArrowDown ArrowDown ArrowLeft', ['b', 0, true]],
  ['ArrowDown ArrowUp', ['a', 1, true]],
  ['End ArrowDown ArrowDown ArrowDown', ['c', 2, true]],
  ['ArrowRight Escape', [null, null, true]],
  ['Escape', [null, null, false]],
  ['x', [null, null, false]],
])('%s leads to %j', (keys, found) => expect(after(keys)).toEqual(found));

test('rows of series go round at both ends', () => {
  expect(after('ArrowDown ArrowUp', { around: true })).toEqual(['c', 1, true]);
  expect(after('ArrowDown ArrowUp ArrowDown', { around: true })).toEqual(['a', 1, true]);
});

test('an empty chart is read by its columns, and has no rows to walk', () => {
  expect(after('ArrowRight', { rows: [] })).toEqual([null, 1, true]);
  expect(after('ArrowDown', { rows: [] })).toEqual([null, null, false]);
  expect(after('ArrowRight', { columns: [] })).toEqual([null, null, false]);
});

test('charts of one highlight read the same column, each its own row', () => {
  const highlight = new Highlight();
  const [one, other] = [1, 2].map(
    () =>
      new ChartCursor(
        () => grid,
        () => highlight,
      ),
  );
  one?.point('b', 2);
  expect([other?.column, other?.row, other?.at]).toEqual([2, null, null]);
  other?.key('ArrowLeft');
  expect([one?.at, other?.at]).toEqual([
    { row: 'b', column: 1 },
    { row: 'a', column: 1 },
  ]);
});

test('a place that the chart no longer has is nowhere', () => {
  let rows = ['a', 'b'];
  const cursor = new ChartCursor(() => ({ rows, columns: [1] }));
  cursor.point('b', 1);
  rows = ['a'];
  expect(cursor.at).toBeNull();
});

test('beyond a list lies its end', () => {
  expect([itemAt(grid.rows, -4), itemAt(grid.rows, 9), itemAt([], 0)]).toEqual(['a', 'c', null]);
});
