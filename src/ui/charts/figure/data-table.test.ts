import { expect, test } from 'vitest';
import { AS_PERCENT, plainNumber } from '../axis/value-axis.ts';
import { layerTable } from '../layer-lines/reading.ts';
import { cellText } from './data-table.ts';

test('a cell reads as a sentence has the number', () => {
  const value = 0.028_449;
  expect(cellText(value)).toBe(plainNumber(value));
  expect(cellText(0.000_012_34)).toBe(plainNumber(0.000_012_34));
  expect([cellText(12), cellText(-3), cellText(null), cellText('text')]).toEqual(['12', '−3', '–', 'text']);
});

test('a share reads with one decimal and is exported with all digits; what is neither none nor all never reads so', () => {
  const shares = [1 / 12, 0.0003, 0.9997];
  const points = shares.map((value, at) => ({ layer: at + 1, value, n: 12 }));
  const series = [{ key: 'a', label: 'a', colour: 'ink', points }];
  const table = layerTable({ series, levels: [], y: { title: 'rate (%)', ...AS_PERCENT } });
  expect(table.texts?.map(([, text]) => text)).toEqual(['8.3', '0.03', '99.97']);
  expect(table.rows[0]?.[1]).toBeCloseTo(100 / 12, 9);
  expect(table.texts?.[0]?.at(-1)).toBeNull();
});
