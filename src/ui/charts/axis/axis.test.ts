import { describe, expect, test } from 'vitest';
import { chartAxis, middle } from '../../layer-strip/layer-axis.ts';
import { layerTicks } from './layer-ticks.ts';
import { cellRuns, layerPanels, panelAt, seamAfter } from './panels.ts';
import { percentText, plainNumber, valueScale, valueTicks } from './value-axis.ts';

const body = { visionBlocks: 32, layers: 28 };
const size = { above: 30, height: 200, ticks: 26, foot: 10, bare: 14 };

describe('ticks of layers', () => {
  test.each([1330, 900, 600, 358])('keep apart and name the ends, at %d pixels', (width) => {
    for (const line of chartAxis(body, width, 1, 'all').lines) {
      const ticks = layerTicks(line, 26, null);
      for (const [i, tick] of ticks.entries()) {
        const next = ticks[i + 1];
        if (next) expect(middle(next) - middle(tick)).toBeGreaterThanOrEqual(26);
      }
      expect(ticks.at(-1)?.index).toBe(line.at(-1)?.index);
    }
  });

  test('the layer under the cursor takes the place of its neighbours', () => {
    const [line = []] = chartAxis(body, 1330, 1, 'llm').lines;
    const ticks = layerTicks(line, 60, 27).map(({ index }) => index);
    expect(ticks).toContain(27);
    expect(ticks).not.toContain(28);
  });
});

describe('panels', () => {
  test('one line is one panel; the seam lies between its layers', () => {
    const axis = chartAxis(body, 1330, 1, 'llm');
    const { panels, height } = layerPanels(axis, size, (index) => index > 0);
    expect(panels.map(({ top, bottom, bare }) => [top, bottom, bare])).toEqual([[30, 230, false]]);
    expect(height).toBe(30 + 200 + 26 + 10);
    const cells = panels[0]?.cells ?? [];
    const [nine, ten] = [9, 10].map((index) => cells.find((cell) => cell.index === index));
    const seam = seamAfter(cells, 9) ?? Number.NaN;
    expect(seam).toBeGreaterThan((nine?.x ?? 0) + (nine?.width ?? 0));
    expect(seam).toBeLessThan(ten?.x ?? 0);
    expect(seamAfter(cells, 28)).toBeNull();
  });

  test('a stacked axis has a panel a line, thin where nothing is covered', () => {
    const axis = chartAxis(body, 358, 1, 'all');
    const { panels } = layerPanels(axis, size, (index) => index > 0);
    expect(panels.map(({ bare, regions }) => [bare, regions])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(panelAt(panels, 0)).toBe(panels[0]);
    expect(panelAt(panels, 900)).toBe(panels[1]);
  });

  test('runs of uncovered layers end where a section does', () => {
    const [line = []] = chartAxis({ visionBlocks: 2, layers: 3 }, 1330, 1, 'all').lines;
    const runs = cellRuns(line, (index) => index < 2);
    expect(runs).toHaveLength(3);
    expect(runs[0]?.x1).toBe(line[0]?.x);
  });
});

describe('values', () => {
  test.each([
    [0.0441, '0.0441'],
    [0.00004321, '4.32e\u22125'],
    [-2.5, '\u22122.5'],
    [0, '0'],
    [1_234_567, '1.23e6'],
  ])('%d reads %s', (value, text) => expect(plainNumber(value)).toBe(text));

  test('a share reads as percent', () => expect(percentText(0.874)).toBe('87.4 %'));

  test('an axis starts at zero, ends at a round number, and has ticks of equal length', () => {
    const axis = { title: 't' };
    const scale = valueScale(axis, [0.00045, 0.001225], 200, 0);
    expect(scale.domain()[0]).toBe(0);
    expect(scale(0)).toBe(200);
    expect(scale.domain()[1]).toBeGreaterThanOrEqual(0.001225);
    const texts = valueTicks(scale, axis, 5).map(({ text }) => text);
    expect(new Set(texts.map((text) => text.length)).size).toBe(1);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('a logarithmic axis leaves out what it cannot show', () => {
    const axis = { title: 't', log: true };
    const scale = valueScale(axis, [0, 1e-4, 1, Number.NaN], 100, 0);
    expect(scale.domain()).toEqual([1e-4, 1]);
    expect(valueTicks(scale, axis, 5).map(({ text }) => text)).toEqual([
      '1e\u22124',
      '0.001',
      '0.01',
      '0.1',
      '1',
    ]);
  });

  test('without values there is still an axis', () => {
    expect(valueScale({ title: 't' }, [], 100, 0).domain()).toEqual([0, 1]);
    expect(valueScale({ title: 't' }, [0], 100, 0).domain()).toEqual([0, 1]);
  });
});
