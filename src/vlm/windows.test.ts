import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visionRotary } from './vision-rotary.ts';
import { windowIndex, windowPlan } from './windows.ts';

const config = {
  depth: 32,
  hiddenSize: 1280,
  heads: 16,
  intermediateSize: 3420,
  outHiddenSize: 3584,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  windowSize: 112,
  fullAttentionBlocks: [7, 15, 23, 31],
  inChannels: 3,
  tokensPerSecond: 2,
};
const grids = fc
  .tuple(fc.constant(1), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .map(([t, h, w]) => [t, 2 * h, 2 * w] as const);

describe('windowIndex', () => {
  test('is that of transformers', () => {
    const { index, boundaries } = windowIndex([1, 10, 14], config);
    expect([...index]).toEqual([
      0, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 17, 21, 22, 23, 24, 4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26, 27,
      28, 29, 30, 31, 32, 33, 34,
    ]);
    expect([...boundaries]).toEqual([0, 64, 112, 128, 140]);
  });
});

describe('windowPlan', () => {
  test('sorts windows by size, keeping each together', () => {
    const { order, classes } = windowPlan([1, 10, 18], config);
    expect(classes).toEqual([
      { windows: 2, patches: 64 },
      { windows: 3, patches: 16 },
      { windows: 1, patches: 4 },
    ]);
    // The right edge (8, 17, 26, 35) and the lower edge (36 … 39, 40 … 43) have windows of one size: one class.
    expect([...order.slice(32)]).toEqual([8, 17, 26, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44]);
  });

  test('holds the same windows as the reference, in at most four classes', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        const { order, inverse, classes } = windowPlan(grid, config);
        expect(classes.length).toBeLessThanOrEqual(4);
        expect(order.every((unit, position) => inverse[unit] === position)).toBe(true);
        const ours = new Set<string>();
        let at = 0;
        for (const { windows, patches } of classes) {
          for (let i = 0; i < windows; i++, at += patches / 4)
            ours.add(order.slice(at, at + patches / 4).join());
        }
        expect(at).toBe((grid[1] * grid[2]) / 4);
        const { index, boundaries } = windowIndex(grid, config);
        const reference = [...boundaries.slice(1)].map((end, i) =>
          index.slice((boundaries[i] ?? 0) / 4, end / 4).join(),
        );
        expect([...ours].sort()).toEqual(reference.sort());
      }),
    );
  });
});

describe('visionRotary', () => {
  // Values of transformers' Qwen2_5_VLVisionRotaryEmbedding, grid [1, 10, 14].
  test('turns with row and column as transformers does', () => {
    const { cos, sin } = visionRotary([1, 10, 14], config);
    const samples = [
      [5, 0, 1, 0],
      [77, 20, 0.004425697959959507, -0.9999902248382568],
      [77, 25, 0.4535961151123047, 0.8912073969841003],
      [139, 3, -0.6364611983299255, 0.7713087201118469],
      [139, 39, 0.9999978542327881, 0.0020603598095476627],
    ] as const;
    for (const [patch, i, c, s] of samples) {
      expect(Math.abs((cos[patch * 40 + i] ?? NaN) - c)).toBeLessThan(1e-7);
      expect(Math.abs((sin[patch * 40 + i] ?? NaN) - s)).toBeLessThan(1e-7);
    }
  });

  test('follows the order of a plan', () => {
    const { order } = windowPlan([1, 10, 14], config);
    const plain = visionRotary([1, 10, 14], config);
    const planned = visionRotary([1, 10, 14], config, order);
    order.forEach((unit, position) => {
      expect(planned.sin.slice(position * 160, position * 160 + 160)).toEqual(
        plain.sin.slice(unit * 160, unit * 160 + 160),
      );
    });
  });
});
