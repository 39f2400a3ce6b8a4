import { describe, expect, test } from 'vitest';
import { chartAxis } from '../../layer-strip/layer-axis.ts';
import { AS_PERCENT } from '../axis/value-axis.ts';
import { BOUNDLESS, type Room } from '../figure/room.ts';
import { KEY_ROW } from '../marks/key-rows.ts';
import { textWidth } from '../marks/text-width.ts';
import { linesLayout, panelTags, scaleOf, TITLE_LINE } from './lines-layout.ts';
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
    const panels = layout(width).columns.flatMap((column) => column.panels);
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
    const { columns, keys, ends } = layout(1300);
    // No series has the mark of published numbers, and only it is named.
    expect([keys.items, ends]).toMatchObject([[{ label: 'published', sign: 'published' }], false]);
    const [first, second] = columns[0]?.panels ?? [];
    const texts = (name: string) => panelTags(data, name, first?.cells ?? [], 1).map(({ text }) => text);
    expect(texts('Counting')).toEqual(['90 % at layer 5']);
    expect(texts('OCR')).toEqual(['VFL: 95 %', '30 % at layer 5']);
    expect(second?.top).toBeGreaterThan(first?.bottom ?? 0);
  });
});

test('what is printed is said in short where the whole has no room beside the name of its panel', () => {
  const label = 'VFL layer 22 of 28, stretched to 10 of 12';
  const mark = { kind: 'peak', label, panel: 'OCR', layer: 10, value: 0.95 } as const;
  const tag = (width: number, printed: Published) => {
    const { columns } = layout(width);
    const cells = columns[0]?.panels.find(({ name }) => name === 'OCR')?.cells ?? [];
    return panelTags({ ...data, published: [printed] }, 'OCR', cells, 1)[0]?.text;
  };
  const short = 'VFL layer 22 of 28';
  expect(tag(1300, { ...mark, short })).toBe(`${label}: 95 %`);
  expect(tag(358, { ...mark, short })).toBe(`${short}: 95 %`);
  expect(tag(358, mark)).toBe(`${label}: 95 %`);
});

test('one row of keys stands beside the title of the axis, as far as there is room', () => {
  const shared = { ...data, series: series.map(({ panel: _, ...one }) => one), published: [] };
  const keys = (width: number, title: string) =>
    linesLayout({
      ...{ ...shared, y: { ...y, title } },
      ...{ frame, size: { width, scale: 1, stretch: 1 }, status: { kind: 'done', note: '' }, means: false },
    });
  const [near, far] = [keys(358, 'rate'), keys(358, 'attention mass on the image, RL \u2212 IN')];
  expect(near.keys.y).toBe(TITLE_LINE);
  expect(near.keys.x).toBeGreaterThan(textWidth('rate', 13));
  expect(far.keys).toMatchObject({ x: 0, y: TITLE_LINE + KEY_ROW });
  const top = ({ columns }: typeof near) => columns[0]?.panels.at(-1)?.top ?? 0;
  expect(top(far) - top(near)).toBe(KEY_ROW);
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

describe('four panels', () => {
  const four = ['OCR', 'Counting', 'Grounding', 'Recognition'].map((label) => line(label, 0.9));
  const within = (width: number, room: Room) =>
    linesLayout({
      ...{ ...data, series: four, frame, means: true },
      ...{ size: { width, scale: 1, stretch: 1, room }, status: { kind: 'done', note: '' } },
    });
  const names = (width: number, room: Room) =>
    within(width, room).columns.map(({ panels }) =>
      panels.filter(({ bare }) => !bare).map(({ name }) => name),
    );
  const free = within(1160, BOUNDLESS).height;

  test('stand one under the other where there is room, lower where there is less', () => {
    expect(names(1160, BOUNDLESS)).toEqual([['OCR', 'Counting', 'Grounding', 'Recognition']]);
    const lower = within(1160, { first: free - 40, most: free });
    expect([lower.columns.length, lower.height]).toEqual([1, free - 40]);
  });

  test('stand in two columns with an axis of their own each, where one would leave the screen', () => {
    const room = { first: free - 140, most: free };
    expect(names(1160, room)).toEqual([
      ['OCR', 'Counting'],
      ['Grounding', 'Recognition'],
    ]);
    const { columns, axis, height, rows } = within(1160, room);
    // The first begins below the strip, and names beside each other stand at one height.
    expect(axis.left).toBe(chartAxis(frame.body, 1160, 1, 'llm').left);
    expect([rows('OCR'), rows('Counting')]).toEqual([rows('Grounding'), rows('Recognition')]);
    expect(rows('OCR')).toBeGreaterThan(0);
    expect(height).toBeLessThanOrEqual(room.first + 0.5);
    expect(axis.right).toBeLessThanOrEqual(columns[1]?.x ?? 0);
    expect((columns[1]?.x ?? 0) + axis.width).toBeCloseTo(1160, 6);
    expect(columns[1]?.panels.map(({ cells }) => cells)).toEqual(
      columns[0]?.panels.map(({ cells }) => cells),
    );
  });

  test('keep to one column on a phone, as high as a screen of its own lets them', () => {
    const tall = within(358, BOUNDLESS).height;
    const room = { first: 300, most: tall - 60 };
    expect(names(358, room)).toHaveLength(1);
    expect(within(358, room).height).toBeCloseTo(tall - 60, 6);
  });
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
