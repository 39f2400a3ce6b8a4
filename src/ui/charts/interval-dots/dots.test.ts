import { expect, test } from 'vitest';
import { AS_PERCENT } from '../axis/value-axis.ts';
import { dotPanels, dotTable } from './dots.ts';

const rows = ['IN', 'IN:RL:RL'].map((label) => ({ key: label, label, donors: ['blue'] }));
const columns = ['M_vis', 'M_rea'].map((key) => ({ key, axis: { title: key } }));
const size = { scale: 1, stretch: 1, head: 44, foot: 34, number: 62 };

test('metrics stand side by side where there is room, with the names once', () => {
  const { panels, height } = dotPanels(rows, columns, { ...size, width: 1300 });
  expect(panels.map(({ names }) => names)).toEqual([true, false]);
  expect(panels[1]?.x0).toBeGreaterThan(panels[0]?.right ?? 0);
  expect(panels[1]?.right).toBeCloseTo(1300, 6);
  expect(height).toBe(44 + 60 + 34);
});

test('on a phone, too, with the names above the dots and titles in as many lines as they take', () => {
  const titled = columns.map((column) => ({
    ...column,
    axis: { title: `answers to ${column.key} that are right (%)` },
  }));
  const { panels, above, row, height } = dotPanels(rows, titled, { ...size, width: 358 });
  expect(panels.map(({ names }) => names)).toEqual([true, false]);
  expect(panels[1]?.x0).toBeGreaterThan(panels[0]?.right ?? 0);
  expect(panels[1]?.right).toBeCloseTo(358, 6);
  expect(panels.map(({ title }) => title)).toEqual(
    columns.map(({ key }) => [`answers to ${key} that are right`, '(%)']),
  );
  expect(above).toBeLessThan(row);
  expect(height).toBe(44 + 15 + 2 * row + 34);
  for (const { x0, x1 } of panels) expect(x1 - x0).toBeGreaterThan(44);
});

test('one above the other where even that leaves too little, named each time', () => {
  const { panels, height } = dotPanels(rows, columns, { ...size, width: 190 });
  expect(panels.map(({ names }) => names)).toEqual([true, true]);
  expect(panels[1]?.top).toBeGreaterThan(panels[0]?.bottom ?? 0);
  expect(height).toBe(2 * (44 + 60 + 34));
});

test('rows are lower where there is less room', () => {
  const { row, height } = dotPanels(rows, columns, { ...size, width: 1300, room: { first: 128, most: 500 } });
  expect([row, height]).toEqual([25, 128]);
});

test('the table leaves out what was not measured', () => {
  const dot = { value: 0.5, low: 0.4, high: 0.6, n: 100 };
  const table = dotTable(rows, columns, (row, column) =>
    row === 'IN' && column === 'M_rea' ? dot : undefined,
  );
  expect(table.rows).toEqual([['IN', 'M_rea', 0.5, 0.4, 0.6, 100, null, null]]);
});

test('the table holds numbers in the unit that the axis names', () => {
  const dot = { value: 0.29, low: 0.2, high: 0.4, n: 100, published: 0.57 };
  const table = dotTable(rows, [{ key: 'rate', axis: { title: 'right (%)', ...AS_PERCENT } }], (row) =>
    row === 'IN' ? dot : undefined,
  );
  expect(table.rows).toEqual([['IN', 'right (%)', 29, 20, 40, 100, 57, null]]);
});
