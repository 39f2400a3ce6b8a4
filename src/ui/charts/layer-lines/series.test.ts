import { expect, test } from 'vitest';
import { AS_PERCENT } from '../axis/value-axis.ts';
import { presetCuts } from '../../../regions.ts';
import { layerReadout, layerTable } from './reading.ts';
import { linesAt, unbroken, type LayerSeries } from './series.ts';

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
  { key: 'b', label: 'RL', colour: 'red', axis: 'right', points: [{ layer: 2, value: 9 }] },
];

test('a line is broken at sections and at what could not be computed', () => {
  const points = [-2, -1, 0, 1, 2, 3].map((layer) => ({ layer, value: layer === 2 ? null : 1 }));
  expect(unbroken(points).map((part) => part.map(({ layer }) => layer))).toEqual([[-2, -1], [0], [1], [3]]);
});

test('each line of the axis gets its own points, in order', () => {
  expect(linesAt(series, [{ index: 1 }, { index: 2 }])[0]?.points.map(({ layer }) => layer)).toEqual([1, 2]);
});

test('the readout names the layer, its region, and gives the interval of the series under the cursor', () => {
  const texts = layerReadout(series, frame, 2, 'a', y, { title: 'right' }).map(({ text }) => text);
  expect(texts).toEqual(['Layer 2, Mid', 'IN 4 % (3 % to 6 %), n = 50', 'RL 9']);
  expect(layerReadout(series, frame, -2, null, y, null).map(({ text }) => text)).toEqual([
    'Vision block \u22122',
    'not covered',
  ]);
  expect(layerReadout(series, frame, null, null, y, null)).toEqual([]);
});

test('the table has a row per layer, and interval columns only where there are intervals', () => {
  expect(layerTable(series, y, { title: 'right' })).toEqual({
    columns: ['layer', 'IN, rate', 'IN, low', 'IN, high', 'IN, n', 'RL, right'],
    rows: [
      [-1, 2, null, null, null, null],
      [1, null, null, null, null, null],
      [2, 4, 3, 6, 50, 9],
    ],
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
  expect(layerTable(shares, { title: 'rate (%)', ...AS_PERCENT }, null).rows).toEqual([[1, 29, 20, 40, 50]]);
});
