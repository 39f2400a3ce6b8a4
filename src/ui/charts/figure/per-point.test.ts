import { expect, test } from 'vitest';
import { FEW, LEAST } from '../../../few-items.mjs';
import { wilson } from '../../../statistics/wilson.ts';
import { fewWarning, isFew, perPoint } from './per-point.ts';

test('a chart says how many items its points rest on, from the least to the most', () => {
  const of = (...counts: number[]) => counts.map((n) => ({ n }));
  expect(perPoint(of(12, 12))).toBe('n = 12 a point');
  expect(perPoint([...of(48, 3), {}], 'pairs')).toBe('n = 3 to 48 pairs a point');
  expect(perPoint(of(1, 1), 'matrices')).toBe('n = 1 matrix a point');
  expect(perPoint([{}])).toBe('');
});

test('points on few items are told, but none that is computed from all there is', () => {
  const points = [{ n: 3 }, { n: 7 }, { n: 12 }];
  expect(points.map(({ n }) => isFew(n))).toEqual([true, true, false]);
  expect(fewWarning(points)).toBe('hollow: fewer than 10 items (n = 3 to 7), below 4 they tell nothing');
  expect(fewWarning([{ n: 7 }])).toBe('hollow: fewer than 10 items (n = 7), read their intervals');
  // Cells of a map have no hollow.
  expect(fewWarning([{ n: 7 }], false, false)).toBe('fewer than 10 items (n = 7), read their intervals');
  expect([fewWarning([{ n: 10 }]), fewWarning(points, true), fewWarning([{}])]).toEqual(['', '', '']);
});

test('few is where one item moves a share by more than ten points, the least where all and none are told from a half', () => {
  expect(1 / FEW).toBeLessThanOrEqual(0.1);
  expect(1 / (FEW - 1)).toBeGreaterThan(0.1);
  expect(wilson(0, LEAST).high).toBeLessThan(0.5);
  expect(wilson(0, LEAST - 1).high).toBeGreaterThan(0.5);
});
