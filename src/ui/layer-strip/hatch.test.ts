import { expect, test } from 'vitest';
import { alignedHatch } from './hatch.ts';

const linesOf = (path: string) =>
  [...path.matchAll(/M([\d.-]+),([\d.-]+)L([\d.-]+),([\d.-]+)/g)].map(
    (found) => found.slice(1).map(Number) as [number, number, number, number],
  );

test.each([
  ['rising', 1],
  ['falling', -1],
] as const)('%s lines stay in their rectangle, and go on in the next', (direction, sign) => {
  for (const [x, width] of [
    [3, 17],
    [20, 40],
  ] as const) {
    const lines = linesOf(alignedHatch(x, 5, width, 31, 6, direction));
    expect(lines.length).toBeGreaterThan(5);
    for (const [x0, y0, x1, y1] of lines) {
      expect(Math.min(x0, x1)).toBeGreaterThanOrEqual(x);
      expect(Math.max(x0, x1)).toBeLessThanOrEqual(x + width);
      expect(Math.min(y0, y1)).toBeGreaterThanOrEqual(5);
      expect(Math.max(y0, y1)).toBeLessThanOrEqual(36);
      expect((x0 + sign * y0) % 6).toBeCloseTo(0, 9);
      expect((x1 + sign * y1) % 6).toBeCloseTo(0, 9);
    }
  }
});
