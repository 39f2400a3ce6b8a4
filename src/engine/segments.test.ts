import fc from 'fast-check';
import { expect, it } from 'vitest';
import { segments } from './segments.ts';

it('cuts where it must and where a stretch grows too long', () => {
  const cuts = new Set([3, 4]);
  expect(segments(10, 4, (layer) => cuts.has(layer))).toEqual([
    { from: 0, to: 3 },
    { from: 3, to: 4 },
    { from: 4, to: 8 },
    { from: 8, to: 10 },
  ]);
  expect(segments(28, 7, () => false)).toHaveLength(4);
  expect(segments(0, 7, () => true)).toEqual([]);
});

it('covers every layer once, in order, whatever the cuts', () => {
  const layerSet = fc.uniqueArray(fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      layerSet,
      (layers, longest, cuts) => {
        const list = segments(layers, longest, (layer) => cuts.includes(layer));
        const covered = list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
        expect(covered).toEqual(Array.from({ length: layers }, (_, layer) => layer));
        const starts = new Set(list.map(({ from }) => from));
        for (const cut of cuts) if (cut < layers && cut > 0) expect(starts).toContain(cut);
        for (const { from, to } of list) expect(to - from).toBeLessThanOrEqual(longest);
      },
    ),
  );
});
