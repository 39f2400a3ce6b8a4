import { expect, test } from 'vitest';
import { powerOf } from './power.ts';

test('the exponent of a power law, whatever its factor', () => {
  const cubes = [3, 5, 11].map((size) => ({ size, seconds: 0.2 * size ** 3 }));
  expect(powerOf(cubes).power).toBeCloseTo(3, 12);
  expect(powerOf(cubes).powerOff).toBeCloseTo(1, 12);
});

test('a time that lies off the line is told by how much', () => {
  // log₂ seconds 0, 1 + 3h, 2 over log₂ size 0, 1, 2: the line is lifted by h, the middle lies 2h above it.
  const times = [1, 2 * 8 ** 0.1, 4].map((seconds, i) => ({ size: 2 ** i, seconds }));
  expect(powerOf(times).power).toBeCloseTo(1, 12);
  expect(powerOf(times).powerOff).toBeCloseTo(4 ** 0.1, 12);
  expect(powerOf(times.slice(0, 1)).power).toBeNaN();
});
