import { describe, expect, test } from 'vitest';
import { CANVAS, rectangle, type Mark } from './drawing.ts';
import { rasterise, rasteriseThenResize } from './rasterise.ts';
import { shapeMark, SHAPES } from './shapes.ts';

const WHITE = [255, 255, 255] as const;
const BLACK = [0, 0, 0] as const;

/** Relative error that antialiasing in eighths leaves. */
const TOLERANCE = 0.01;

/** Canvas area that a black mark covers, from how much darker the picture is. */
function area(mark: Mark, size: number): number {
  const rgb = rasterise({ background: WHITE, marks: [mark] }, size);
  const dark = rgb.reduce((sum, value) => sum + (255 - value), 0) / (3 * 255);
  return dark * (CANVAS / size) ** 2;
}

describe.each([112, 384])('at %i pixels', (size) => {
  test('a circle covers πr²', () => {
    const circle: Mark = { kind: 'ellipse', box: [60, 80, 180, 200], fill: BLACK };
    expect(Math.abs(area(circle, size) / (Math.PI * 60 ** 2) - 1)).toBeLessThan(TOLERANCE);
  });

  test('an ellipse covers πab', () => {
    const ellipse: Mark = { kind: 'ellipse', box: [60, 80, 150, 200], fill: BLACK };
    expect(Math.abs(area(ellipse, size) / (Math.PI * 45 * 60) - 1)).toBeLessThan(TOLERANCE);
  });

  test('a rectangle covers its sides’ product', () => {
    expect(Math.abs(area(rectangle([50, 60, 150, 120], BLACK), size) / 6000 - 1)).toBeLessThan(TOLERANCE);
  });

  test('a triangle covers half of its box', () => {
    const points = [
      [100, 50],
      [150, 150],
      [50, 150],
    ] as const;
    expect(Math.abs(area({ kind: 'polygon', points, fill: BLACK }, size) / 5000 - 1)).toBeLessThan(TOLERANCE);
  });

  test('a stroke covers its length and its round ends', () => {
    const lines = [
      [
        [100, 100],
        [200, 100],
      ],
    ] as const;
    const expected = 100 * 20 + Math.PI * 10 ** 2;
    expect(
      Math.abs(area({ kind: 'strokes', lines, width: 20, fill: BLACK }, size) / expected - 1),
    ).toBeLessThan(TOLERANCE);
  });
});

test.each(SHAPES)('a %s touches all four sides of its box and nothing outside', (shape) => {
  const box = [97, 120, 173, 200] as const;
  const rgb = rasterise({ background: WHITE, marks: [shapeMark(shape, box, 'red')] }, CANVAS);
  const inked: [number, number][] = [];
  for (let y = 0; y < CANVAS; y++)
    for (let x = 0; x < CANVAS; x++) if ((rgb[(y * CANVAS + x) * 3] ?? 255) < 200) inked.push([x, y]);
  const xs = inked.map(([x]) => x);
  const ys = inked.map(([, y]) => y);
  const found = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
  // Points of stars and triangles fade over a few pixels.
  found.forEach((edge, i) => expect(Math.abs(edge - (box[i] ?? 0))).toBeLessThanOrEqual(4));
  expect(found[0]).toBeGreaterThanOrEqual(box[0]);
  expect(found[3]).toBeLessThanOrEqual(box[3]);
});

test('rendered small and scaled down are nearly the same picture', () => {
  const drawing = { background: WHITE, marks: [shapeMark('star', [100, 100, 180, 180], 'blue')] };
  const [direct, scaled] = [rasterise(drawing, 112), rasteriseThenResize(drawing, 112)];
  const difference = direct.reduce((sum, value, i) => sum + Math.abs(value - (scaled[i] ?? 0)), 0);
  expect(difference / direct.length).toBeLessThan(2);
});
