import { expect, test } from 'vitest';
import { AS_PERCENT } from '../axis/value-axis.ts';
import { sectionOf } from '../../../layer-index.ts';
import { presetCuts } from '../../../regions.ts';
import { layerReadout, layerTable } from './reading.ts';
import { floorSteps, linesAt, unbroken, type LayerSeries } from './series.ts';

const frame = { body: { visionBlocks: 2, layers: 4 }, cuts: presetCuts('thirds', 4), covers: 'all' as const };
const y = { title: 'rate', format: (value: number) => `${value} %` };
const series: LayerSeries[] = [
  {
    key: 'a',
    label: 'IN',
    colour: 'blue',
    points: [
      { layer: 2, value: 4, low: 3, high: 6, n: 50 },
      { layer: -1, value: 2 },
      { layer: 1, value: null },
    ],
  },
  { key: 'b', label: 'RL', colour: 'red', points: [{ layer: 2, value: 9 }] },
];

const levels = [{ key: 'w', label: 'without', colour: 'grey', value: 5, low: 4, high: 7, n: 8 }];

test('on a logarithmic axis a line does not go from a zero to what is above it', () => {
  const points = [0, 0, 3, 4, 0].map((value, i) => ({ layer: i + 1, value }));
  expect(unbroken(points, true).map((part) => part.map(({ layer }) => layer))).toEqual([[1, 2], [3, 4], [5]]);
  expect(unbroken(points)).toHaveLength(1);
});

test('a line is broken at sections and at what could not be computed', () => {
  const points = [-2, -1, 0, 1, 2, 3].map((layer) => ({ layer, value: layer === 2 ? null : 1 }));
  expect(unbroken(points).map((part) => part.map(({ layer }) => layer))).toEqual([[-2, -1], [0], [1], [3]]);
});

test('each line of the axis gets its own points, in order', () => {
  expect(linesAt(series, [{ index: 1 }, { index: 2 }])[0]?.points.map(({ layer }) => layer)).toEqual([1, 2]);
});

test('the readout names the layer, its region, and gives the interval of the series under the cursor', () => {
  const texts = layerReadout({ series, levels, y }, frame, 2, 'a').map(({ text }) => text);
  expect(texts).toEqual([
    'Layer 2, Mid',
    'IN 4 % (3 % to 6 %), n = 50',
    'RL 9 %',
    'without 5 % (4 % to 7 %), n = 8',
  ]);
  expect(layerReadout({ series, levels: [], y }, frame, -2, null).map(({ text }) => text)).toEqual([
    'Vision block \u22122',
    'not covered',
  ]);
  expect(layerReadout({ series, levels, y }, frame, null, null)).toEqual([]);
});

test('the table has a row per layer, and interval columns only where there are intervals', () => {
  expect(layerTable({ series, levels: [], y })).toEqual({
    columns: ['layer', 'IN, rate', 'IN, low', 'IN, high', 'IN, n', 'RL, rate'],
    rows: [
      [-1, 2, null, null, null, null],
      [1, null, null, null, null, null],
      [2, 4, 3, 6, 50, 9],
    ],
  });
});

test('what holds for all layers has columns, too, so that the table says all that is drawn', () => {
  const [, rl] = series;
  expect(layerTable({ series: rl ? [rl] : [], levels, y })).toEqual({
    columns: ['layer', 'RL, rate', 'without, rate', 'without, low', 'without, high', 'without, n'],
    rows: [[2, 9, 5, 4, 7, 8]],
  });
});

test('shares under a title in percent are tabled as percent, counts as counts', () => {
  const shares: LayerSeries[] = [
    {
      key: 'a',
      label: 'IN',
      colour: 'blue',
      points: [{ layer: 1, value: 0.29, low: 0.2, high: 0.4, n: 50 }],
    },
  ];
  expect(layerTable({ series: shares, levels: [], y: { title: 'rate (%)', ...AS_PERCENT } }).rows).toEqual([
    [1, 29, 20, 40, 50],
  ]);
});

test('floors are steps as wide as their layers, in runs that end where there is none and at sections', () => {
  const cells = [-1, 1, 2, 3, 4].map((index, i) => ({
    ...{ index, section: sectionOf(index) },
    ...{ x: 10 * i, width: 8, step: 10 },
  }));
  const points = [-1, 1, 2, 4].map((layer) => ({ layer, value: 1, floor: layer + 5 }));
  expect(floorSteps(points, cells, (value) => 100 - value)).toEqual([
    [{ x1: -1, x2: 9, y: 96 }],
    [
      { x1: 9, x2: 19, y: 94 },
      { x1: 19, x2: 29, y: 93 },
    ],
    [{ x1: 39, x2: 49, y: 91 }],
  ]);
});

test('a reading gives the floor beside the value, and the table has a column of it', () => {
  const rounded = [{ ...series[1], points: [{ layer: 2, value: 9, floor: 7 }] }] as LayerSeries[];
  const texts = layerReadout({ series: rounded, levels: [], y }, frame, 2, 'b').map(({ text }) => text);
  expect(texts[1]).toBe('RL 9 %, rounding alone 7 %');
  expect(layerTable({ series: rounded, levels: [], y })).toEqual({
    columns: ['layer', 'RL, rate', 'RL, rounding alone, rate'],
    rows: [[2, 9, 7]],
  });
});
