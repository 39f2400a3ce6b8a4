import { describe, expect, test } from 'vitest';
import { AS_PERCENT } from '../axis/value-axis.ts';
import { linesLayout, panelTags, scaleOf } from './lines-layout.ts';
import { peakOf, peakText } from './peaks.ts';
import type { LayerSeries, Published } from './series.ts';

const frame = {
  body: { visionBlocks: 4, layers: 12 },
  covers: 'llm' as const,
};
const y = { title: 'change rate (%)', ...AS_PERCENT };
const line = (label: string, highest: number): LayerSeries => ({
  ...{ key: label, label, panel: label, colour: 'blue' },
  points: Array.from({ length: 12 }, (_, i) => ({ layer: i + 1, value: i === 4 ? highest : 0.1 })),
});
const series = [line('Counting', 0.9), line('OCR', 0.3)];
const published: Published[] = [{ kind: 'peak', label: 'VFL', panel: 'OCR', layer: 10, value: 0.95 }];
const data = { y, series, levels: [], published, peaks: true };
const layout = (width: number) =>
  linesLayout({
    ...data,
    ...{ frame, size: { width, scale: 1, stretch: 1 }, status: { kind: 'done', note: '' }, means: false },
  });

describe('lines in panels of their own', () => {
  test.each([1300, 358])('have equal axes, one domain and one height, at %d pixels', (width) => {
    const { panels } = layout(width);
    const drawn = panels.filter(({ bare }) => !bare);
    expect(drawn.map(({ name }) => name)).toEqual(['Counting', 'OCR']);
    const [first, second] = drawn;
    if (!first || !second) throw new Error('two panels');
    expect(second.bottom - second.top).toBe(first.bottom - first.top);
    const [a, b] = [scaleOf(data, first), scaleOf(data, second)];
    expect(b.domain()).toEqual(a.domain());
    // A value stands at the same height above the foot of its panel: value / largest of the axis.
    expect(first.bottom - a(0.3)).toBeCloseTo(second.bottom - b(0.3), 9);
    expect((second.bottom - b(0.3)) / (second.bottom - second.top)).toBeCloseTo(
      0.3 / (a.domain()[1] ?? 0),
      9,
    );
    expect(second.cells).toBe(first.cells);
  });

  test('are named by their panels alone, and have their own published marks', () => {
    const { panels, keys, ends } = layout(1300);
    // No series has the mark of published numbers, and only it is named.
    expect([keys.items, ends]).toMatchObject([[{ label: 'published', sign: 'published' }], false]);
    const [first, second] = panels;
    const texts = (name: string) => panelTags(data, name, first?.cells ?? [], 1).map(({ text }) => text);
    expect(texts('Counting')).toEqual(['90 % at layer 5']);
    expect(texts('OCR')).toEqual(['VFL: 95 %', '30 % at layer 5']);
    expect(second?.top).toBeGreaterThan(first?.bottom ?? 0);
  });
});

test('lines of one panel are named beside their ends, or above where there is no room', () => {
  const shared = { ...data, series: series.map(({ panel: _, ...one }) => one), published: [] };
  const at = (width: number) =>
    linesLayout({
      ...shared,
      frame,
      size: { width, scale: 1, stretch: 1 },
      status: { kind: 'done', note: '' },
      means: true,
    });
  expect([at(1300).ends, at(1300).keys.items.length]).toEqual([true, 0]);
  expect([at(358).ends, at(358).keys.items.map(({ label }) => label)]).toEqual([false, ['Counting', 'OCR']]);
});

describe('the peak of a line', () => {
  const of = (...values: (number | null)[]) => peakOf(values.map((value, i) => ({ layer: i + 1, value })));
  test.each([
    [of(0.1, 0.5, 0.2), '50 % at layer 2'],
    [of(0.5, null, 0.5, 0.1), '50 % at layers 1 and 3'],
    [of(0.5, 0.5, 0.5, 0), '50 % at layers 1, 2 and 3'],
    [of(0.5, 0.5, 0.5, 0.5, 0), '50 % at 4 layers'],
  ])('%j reads %s', (peak, text) => expect(peak && peakText(peak, y)).toBe(text));

  test('is nowhere where no layer is above another', () => {
    expect([of(0, 0, 0), of(), of(null), of(0.4)]).toEqual([null, null, null, null]);
  });
});
