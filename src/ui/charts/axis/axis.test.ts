import { describe, expect, test } from 'vitest';
import { chartAxis, middle } from '../../layer-strip/layer-axis.ts';
import { layerTicks } from './layer-ticks.ts';
import { cellRuns, layerPanels, panelAt, seamAfter } from './panels.ts';
import { percentText, plainNumber, valueScale, valueTicks } from './value-axis.ts';

const body = { visionBlocks: 32, layers: 28 };
const size = { above: 30, names: 0, height: 200, ticks: 26, gap: 8, foot: 10, bare: 14 };

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

  test('a multiple of five next to an end is not written', () => {
    const [line = []] = chartAxis({ visionBlocks: 6, layers: 11 }, 1330, 1, 'all').lines;
    expect(layerTicks(line, 26, null).map(({ index }) => index)).toEqual([-6, 0, 1, 5, 11]);
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

  test('named panels are of one height under one axis, each with its names above, and numbered below the last', () => {
    const axis = chartAxis(body, 1330, 1, 'llm');
    const { panels, height } = layerPanels(axis, { ...size, names: 20 }, (index) => index > 0, [
      'a',
      'b',
      'c',
    ]);
    expect(panels.map(({ name, top, bottom, foot }) => [name, top, bottom, foot])).toEqual([
      ['a', 50, 250, false],
      ['b', 278, 478, false],
      ['c', 506, 706, true],
    ]);
    expect(height).toBe(706 + 26 + 10);
    expect(new Set(panels.map(({ cells }) => cells)).size).toBe(1);
  });

  test('on a stacked axis what is bare is drawn once, whatever the number of panels', () => {
    const { panels } = layerPanels(chartAxis(body, 358, 1, 'all'), size, (index) => index > 0, ['a', 'b']);
    expect(panels.map(({ name, bare, foot }) => [name, bare, foot])).toEqual([
      ['a', true, true],
      ['a', false, false],
      ['b', false, true],
    ]);
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
    const scale = valueScale(axis, [1e-4, 1, Number.NaN], 100, 0);
    expect(scale.domain()).toEqual([1e-4, 1]);
    expect(scale.zero).toBeUndefined();
    expect(scale(1e-2)).toBeCloseTo(50, 9);
    expect(valueTicks(scale, axis, 5).map(({ text }) => text)).toEqual([
      '1e\u22124',
      '0.001',
      '0.01',
      '0.1',
      '1',
    ]);
  });

  test('its ends are 1, 2 or 5 times a power of ten, so that it is not mostly empty', () => {
    expect(valueScale({ title: 't', log: true }, [0.00045, 0.11], 100, 0).domain()).toEqual([2e-4, 0.2]);
    expect(valueScale({ title: 't', log: true }, [5e-4, 2e-2], 100, 0).domain()).toEqual([5e-4, 2e-2]);
  });

  test.each([
    [[1, 9], '1 2 5'],
    [[1, 90], '1 10'],
  ])('of %j it has as many ticks as there is room for: %s', (values, texts) => {
    const axis = { title: 't', log: true };
    const scale = valueScale(axis, values, 100, 0);
    expect(
      valueTicks(scale, axis, 2)
        .map(({ text }) => text)
        .join(' '),
    ).toContain(texts);
  });

  test('ticks whose texts would cover each other are left out, though there is room for as many', () => {
    const axis = { title: 't', log: true };
    const texts = (values: readonly number[]) =>
      valueTicks(valueScale(axis, values, 220, 0), axis, 5).map(({ text }) => text);
    // As a chart without values: of its nine, 0.9 and 1 are 10 pixels apart.
    expect(texts([])).toEqual(['0.1', '0.2', '0.5', '1']);
    expect(texts([2, 5])).toEqual(['2', '3', '4', '5']);
  });

  test('zeros of a logarithmic axis stand in a row of their own, below a break and out of its scale', () => {
    const axis = { title: 't', log: true };
    const scale = valueScale(axis, [0, 1e-4, 1], 100, 0);
    expect(scale.domain()).toEqual([1e-4, 1]);
    // 12 % of the height lie below the break, zeros in their middle.
    expect(scale.zero).toEqual({ at: 94, until: 88 });
    expect(scale(0)).toBe(94);
    expect([1e-4, 1e-2, 1].map(scale)).toEqual([88, 44, 0]);
    // Across a chart it is the same from left to right.
    expect(valueScale(axis, [0, 1e-4, 1], 0, 100).zero).toEqual({ at: 6, until: 12 });
  });

  test('only zeros are still zeros', () => {
    const scale = valueScale({ title: 't', log: true }, [0, 0], 100, 0);
    expect(scale(0)).toBe(scale.zero?.at);
  });

  test('without values there is still an axis', () => {
    expect(valueScale({ title: 't' }, [], 100, 0).domain()).toEqual([0, 1]);
    expect(valueScale({ title: 't' }, [0], 100, 0).domain()).toEqual([0, 1]);
  });
});
