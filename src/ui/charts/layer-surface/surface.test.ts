import { expect, test } from 'vitest';
import { FIRST_VIEW, projection, turned } from './projection.ts';
import { surfacePrimitives, surfaceRows } from './surface.ts';

const room = { left: 10, right: 510, top: 20, bottom: 320 };
const rows = { title: 'rank', first: 1, count: 3 };

test.each([0, 0.7, 2, -2.5])('turned by %d, the box fills its room and stays inside', (azimuth) => {
  const project = projection(turned(FIRST_VIEW, azimuth, 0), room);
  const corners = [-1, 1].flatMap((layer) =>
    [-1, 1].flatMap((rank) => [0, 1].map((height) => project({ layer, rank, height }))),
  );
  expect(Math.min(...corners.map(({ x }) => x))).toBeCloseTo(room.left, 6);
  expect(Math.max(...corners.map(({ x }) => x))).toBeCloseTo(room.right, 6);
  expect(Math.min(...corners.map(({ y }) => y))).toBeCloseTo(room.top, 6);
  expect(Math.max(...corners.map(({ y }) => y))).toBeCloseTo(room.bottom, 6);
});

test('higher values stand higher, farther ranks lie farther away', () => {
  const project = projection({ azimuth: 0, elevation: 0.5 }, room);
  const at = (rank: number, height: number) => project({ layer: 0, rank, height });
  expect(at(0, 1).y).toBeLessThan(at(0, 0).y);
  expect(at(1, 0).depth).toBeGreaterThan(at(-1, 0).depth);
});

test('the view never goes level or past the zenith', () => {
  expect(turned(FIRST_VIEW, 0, 9).elevation).toBeLessThan(Math.PI / 2);
  expect(turned(FIRST_VIEW, 0, -9).elevation).toBeGreaterThan(0);
});

test('far things are painted first; sections and gaps are not joined', () => {
  const grid = new Map([
    [-1, [0, -1, -2]],
    [0, [0, -1, -2]],
    [1, [0, -1, -2]],
    [2, [0, -1, null]],
  ]);
  const found = surfacePrimitives(grid, rows, [2], [-2, 0], projection(FIRST_VIEW, room));
  const depths = found.map(({ depth }) => depth);
  expect(depths).toEqual([...depths].sort((a, b) => b - a));
  // Only layers 1 and 2 are neighbours, and only their first two ranks both have values.
  expect(found.map(({ kind }) => kind).sort()).toEqual(['line', 'quad']);
});

test('many ranks are thinned, the marked ones and the ends stay', () => {
  const kept = surfaceRows({ title: 'rank', first: 1, count: 200 }, [10, 33]);
  expect(kept.length).toBeLessThanOrEqual(30);
  expect(kept).toEqual(expect.arrayContaining([1, 10, 33, 200]));
});
