import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flow } from './flow.ts';
import { spread } from './spread.ts';

const label = fc.record({
  at: fc.double({ min: -50, max: 250, noNaN: true }),
  size: fc.integer({ min: 8, max: 20 }),
});

test('labels that have room stay where they want to be', () => {
  expect(
    spread(
      [
        { at: 90, size: 10 },
        { at: 20, size: 10 },
      ],
      0,
      100,
    ),
  ).toEqual([90, 20]);
});

test('two that would touch move apart by the same distance', () => {
  expect(
    spread(
      [
        { at: 50, size: 10 },
        { at: 50, size: 10 },
      ],
      0,
      100,
    ),
  ).toEqual([45, 55]);
});

test('whatever is wanted, labels keep inside and apart, in the order of their wishes', () => {
  fc.assert(
    fc.property(fc.array(label, { maxLength: 9 }), (labels) => {
      const places = spread(labels, 0, 200);
      const order = labels.map((_, i) => i).sort((a, b) => (labels[a]?.at ?? 0) - (labels[b]?.at ?? 0));
      let edge = 0;
      for (const i of order) {
        const [at, size] = [places[i] ?? Number.NaN, labels[i]?.size ?? 0];
        expect(at - size / 2).toBeGreaterThanOrEqual(edge - 1e-6);
        edge = at + size / 2;
      }
      expect(edge).toBeLessThanOrEqual(200 + 1e-6);
    }),
  );
});

test('more labels than fit are squeezed evenly', () => {
  expect(
    spread(
      [1, 2, 3, 4].map((at) => ({ at, size: 10 })),
      0,
      20,
    ),
  ).toEqual([2.5, 7.5, 12.5, 17.5]);
});

test('items flow onto lines', () => {
  expect(flow([60, 60, 30, 120], 130, 10)).toEqual([
    { x: 0, line: 0 },
    { x: 70, line: 0 },
    { x: 0, line: 1 },
    { x: 0, line: 2 },
  ]);
});
