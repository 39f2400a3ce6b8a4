import { expect, test } from 'vitest';
import { moveCut, parseCuts, presetCuts, presetOf, regionLabel, regionOf, regionSpans } from './regions.ts';

test('28 layers cut as the papers count them: thirds 9/9/10, paper 10/9/9', () => {
  const sizes = (cuts: readonly [number, number]) =>
    regionSpans(cuts, 28).map(({ first, last }) => last - first + 1);
  expect(sizes(presetCuts('thirds', 28))).toEqual([9, 9, 10]);
  expect(sizes(presetCuts('paper', 28))).toEqual([10, 9, 9]);
});

test('cuts know their preset', () => {
  expect(presetOf([9, 18], 28)).toBe('thirds');
  expect(presetOf([10, 19], 28)).toBe('paper');
  expect(presetOf([8, 20], 28)).toBe('custom');
  expect(presetOf([12, 24], 36)).toBe('thirds');
});

test('a seam never empties a region', () => {
  expect(moveCut([9, 18], 0, 40, 28)).toEqual([17, 18]);
  expect(moveCut([9, 18], 0, -3, 28)).toEqual([1, 18]);
  expect(moveCut([9, 18], 1, 2, 28)).toEqual([9, 10]);
  expect(moveCut([9, 18], 1, 99, 28)).toEqual([9, 27]);
});

test('the layer at a cut belongs to the region before it', () => {
  const regions = [-1, 0, 1, 9, 10, 18, 19].map((layer) => regionOf(layer, [9, 18]));
  expect(regions).toEqual([null, null, 'early', 'early', 'middle', 'middle', 'late']);
  expect(regionLabel(10, [9, 18])).toBe('Mid');
});

test('cuts of a command are two, rising, and leave no region empty', () => {
  expect(parseCuts(null, 28)).toBeUndefined();
  expect(parseCuts('9,18', 28)).toEqual([9, 18]);
  for (const text of ['9', '9,18,20', '18,9', '0,9', '9,9', '9,28', '9.5,18', 'a,b'])
    expect(() => parseCuts(text, 28), text).toThrow(expect.objectContaining({ name: 'InvalidCuts' }));
});
