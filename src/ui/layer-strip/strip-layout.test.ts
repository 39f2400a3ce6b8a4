import { describe, expect, test } from 'vitest';
import { runs, spansText } from './runs.ts';
import { chartAxis, gutters, layerAxis, layerIndices, middle, nearestCell } from './layer-axis.ts';
import { borderAfter, cellAt, stripLayout } from './strip-layout.ts';

const size = { cell: 40, above: 20, below: 20, belowFront: 20 };
const stackBelow = 9;

describe.each([
  { visionBlocks: 32, layers: 28, width: 1300, stacked: false },
  { visionBlocks: 32, layers: 28, width: 342, stacked: true },
  { visionBlocks: 3, layers: 4, width: 342, stacked: false },
  { visionBlocks: 32, layers: 36, width: 342, stacked: true },
])('$layers + $visionBlocks layers in $width px', ({ visionBlocks, layers, width, stacked }) => {
  const layout = stripLayout(layerAxis({ visionBlocks, layers }, { width, stackBelow }), size);

  test('every layer has a place, in order, inside the strip, without overlap', () => {
    expect(layout.cells.map((cell) => cell.index)).toEqual(layerIndices({ visionBlocks, layers }));
    for (const [i, cell] of layout.cells.entries()) {
      expect(cell.x).toBeGreaterThanOrEqual(0);
      expect(cell.x + cell.width).toBeLessThanOrEqual(width + 1e-6);
      const next = layout.cells[i + 1];
      if (next && next.y === cell.y) expect(next.x).toBeGreaterThan(cell.x + cell.width);
    }
  });

  test(`is ${stacked ? 'stacked' : 'one line'} and wide enough to hit`, () => {
    expect(layout.stacked).toBe(stacked);
    for (const cell of layout.cells) expect(cell.step).toBeGreaterThanOrEqual(9);
  });
});

test('a point finds its layer, a gap its nearest, far away none', () => {
  const layout = stripLayout(layerAxis({ visionBlocks: 3, layers: 4 }, { width: 1000, stackBelow }), size);
  const third = layout.cells.find((cell) => cell.index === 3);
  if (!third) throw new Error('no layer 3');
  expect(cellAt(layout, third.x + 1, third.y + 1)?.index).toBe(3);
  expect(cellAt(layout, third.x + third.width + 0.5, third.y + 1)?.index).toBe(3);
  expect(cellAt(layout, third.x, 500)).toBeNull();
  expect(cellAt(layout, 999, third.y)).toBeNull();
});

test('a seam lies between two layers', () => {
  const layout = stripLayout(layerAxis({ visionBlocks: 0, layers: 4 }, { width: 1000, stackBelow }), size);
  const [two, three] = layout.cells.filter((cell) => cell.index === 2 || cell.index === 3);
  const seam = borderAfter(layout, 2);
  expect(seam?.x).toBeGreaterThan((two?.x ?? 0) + (two?.width ?? 0));
  expect(seam?.x).toBeLessThan(three?.x ?? 0);
});

test('runs and spans of layers', () => {
  expect(runs(['a', 'a', 'b', 'a'])).toEqual([
    { value: 'a', first: 1, last: 2 },
    { value: 'b', first: 3, last: 3 },
    { value: 'a', first: 4, last: 4 },
  ]);
  expect(spansText(new Set([9, 3, 8, 7]))).toBe('3, 7\u20139');
});

describe.each([
  { width: 1330, scale: 1, covers: 'all' as const, lines: 1 },
  { width: 1330, scale: 1, covers: 'llm' as const, lines: 1 },
  { width: 1330, scale: 1.6, covers: 'all' as const, lines: 1 },
  { width: 358, scale: 1, covers: 'all' as const, lines: 2 },
  { width: 358, scale: 1, covers: 'llm' as const, lines: 1 },
])('the axis of charts, $covers, $width px at $scale', ({ width, scale, covers, lines }) => {
  const body = { visionBlocks: 32, layers: 28 };
  const axis = chartAxis(body, width, scale, covers);

  test('every layer lies between the gutters, in order', () => {
    expect(axis.lines.length).toBe(lines);
    expect(axis.lines.flat().map(({ index }) => index)).toEqual(layerIndices(body));
    const { left, right } = gutters(width, scale);
    for (const line of axis.lines) {
      for (const [i, cell] of line.entries()) {
        expect(cell.x).toBeGreaterThanOrEqual(left - 1e-6);
        expect(cell.x + cell.width).toBeLessThanOrEqual(width - right + 1e-6);
        const next = line[i + 1];
        if (next) expect(next.x).toBeGreaterThan(cell.x + cell.width);
      }
    }
  });

  test('the middle of a layer finds that layer', () => {
    for (const line of axis.lines)
      for (const cell of line) expect(nearestCell(line, middle(cell))?.index).toBe(cell.index);
  });
});

test('what an analysis does not cover is drawn narrow, and the rest gains its room', () => {
  const body = { visionBlocks: 32, layers: 28 };
  const step = (covers: 'all' | 'llm', index: number) =>
    chartAxis(body, 1330, 1, covers)
      .lines.flat()
      .find((cell) => cell.index === index)?.step ?? 0;
  expect(step('llm', -5)).toBeLessThan(0.4 * step('llm', 5));
  expect(step('llm', 5)).toBeGreaterThan(1.4 * step('all', 5));
  expect(step('all', -5)).toBeCloseTo(step('all', 5), 6);
});
