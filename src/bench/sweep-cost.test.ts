import { describe, expect, it } from 'vitest';
import { QWEN_7B } from '../engine/testing/qwen-7b.ts';
import { sweepCost } from './sweep-cost.ts';

const shape = { before: 20, image: 200, after: 80, reading: 'single', newTokens: 64 } as const;
const device = { name: 'd', bandwidth: 1e12, operations: 1e13, dispatch: 0 };

describe('the cost of a sweep at 7B', () => {
  it('reads the layers and the head once a token, however many rows', () => {
    const cost = sweepCost(QWEN_7B, 'f16', shape, device);
    // 28 layers of 233 046 016 matrix weights and the head's 545 million, two bytes each; norms and biases in f32.
    const matrices = 28 * (2 * 3584 * 3584 + 2 * 3584 * 512 + 3 * 3584 * 18944) + 152064 * 3584;
    const vectors = 28 * (2 * 3584 + 3584 + 2 * 512) + 3584;
    expect(cost.weightBytesPerToken).toBe(2 * matrices + 4 * vectors);
    expect(cost.rows).toBe(29);
    // 28 layers × 2 × 4 heads × 128 × 4 bytes a position and row.
    expect(cost.cacheBytesPerToken).toBe(29 * 364 * 114_688);
  });

  it('reads what differs: at layer l the plain row and those of layers 0 … l, from the image or from behind it on', () => {
    // 28 layers, and 1 + 2 + … + 28 = 406 layers of swapped rows; what stands before the image is read once for all pairs.
    const cells = (reading: 'single' | 'from-layer' | 'text') =>
      sweepCost(QWEN_7B, 'q4', { ...shape, reading }, device).cells;
    expect(cells('single')).toEqual({ rows: 434 * 280, source: 28 * 200 });
    expect(cells('from-layer')).toEqual({ rows: 28 * 200 + 434 * 80, source: 28 * 200 });
    expect(cells('text')).toEqual(cells('from-layer'));
  });

  it('is nearly one plain answer where reading decides, and nearly its rows where arithmetic does', () => {
    const reading = sweepCost(QWEN_7B, 'q4', shape, { ...device, operations: Infinity });
    expect(reading.toPlain).toBeLessThan(1.5);
    const arithmetic = sweepCost(QWEN_7B, 'q4', shape, { ...device, bandwidth: Infinity });
    expect(arithmetic.toPlain).toBeGreaterThan(15);
    expect(arithmetic.toPlain).toBeLessThan(29);
  });

  it('never costs more than the same one by one', () => {
    for (const operations of [1e12, 1e13, 1e14]) {
      const cost = sweepCost(QWEN_7B, 'q4', shape, { ...device, operations, dispatch: 1e-5 });
      expect(cost.fasterThanOneByOne).toBeGreaterThan(1.5);
    }
  });

  it('of several pairs at once reads the weights once for all of them', () => {
    const reading = { ...device, operations: Infinity };
    const [one, four] = [1, 4].map((pairs) => sweepCost(QWEN_7B, 'q4', { ...shape, pairs }, reading));
    expect(four?.rows).toBe(4 * 29);
    // Weights of one decode in four are left, and every pair's own cache and prompt.
    const weights = (64 * (one?.weightBytesPerToken ?? 0)) / 1e12;
    expect((one?.seconds.sweep ?? 0) - (four?.seconds.sweep ?? 0)).toBeCloseTo(0.75 * weights, 9);
  });

  it('would gain nothing by a shared trunk while decoding where reading decides, and under half where arithmetic does', () => {
    const reading = sweepCost(QWEN_7B, 'q4', shape, { ...device, operations: Infinity }).seconds;
    expect(reading.trunkShared).toBe(reading.sweep);
    const arithmetic = sweepCost(QWEN_7B, 'q4', shape, { ...device, bandwidth: Infinity }).seconds;
    expect(arithmetic.trunkShared).toBeLessThan(arithmetic.sweep);
    expect(arithmetic.trunkShared).toBeGreaterThan(arithmetic.sweep / 2);
  });
});
