import { describe, expect, test } from 'vitest';
import { runs, spansText } from './runs.ts';
import { borderAfter, cellAt, layerIndices, stripLayout } from './strip-layout.ts';

const size = { width: 1000, cell: 40, above: 20, below: 20, belowFront: 20, stackBelow: 9 };

describe.each([
  { visionBlocks: 32, layers: 28, width: 1300, stacked: false },
  { visionBlocks: 32, layers: 28, width: 342, stacked: true },
  { visionBlocks: 3, layers: 4, width: 342, stacked: false },
  { visionBlocks: 32, layers: 36, width: 342, stacked: true },
])('$layers + $visionBlocks layers in $width px', ({ visionBlocks, layers, width, stacked }) => {
  const layout = stripLayout({ visionBlocks, layers }, { ...size, width });

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
  const layout = stripLayout({ visionBlocks: 3, layers: 4 }, size);
  const third = layout.cells.find((cell) => cell.index === 3);
  if (!third) throw new Error('no layer 3');
  expect(cellAt(layout, third.x + 1, third.y + 1)?.index).toBe(3);
  expect(cellAt(layout, third.x + third.width + 0.5, third.y + 1)?.index).toBe(3);
  expect(cellAt(layout, third.x, 500)).toBeNull();
  expect(cellAt(layout, 999, third.y)).toBeNull();
});

test('a seam lies between two layers', () => {
  const layout = stripLayout({ visionBlocks: 0, layers: 4 }, size);
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
