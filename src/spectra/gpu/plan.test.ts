import { describe, expect, it } from 'vitest';
import { panelShape, treeLevels } from './panel-shape.ts';
import { planReduction } from './plan.ts';

const DEFAULT_BINDING = 128 * 2 ** 20;

describe('planReduction', () => {
  it('turns wide matrices, pads columns, and reduces nearly square ones as they are', () => {
    expect(planReduction(100, 130, 16, DEFAULT_BINDING)).toMatchObject({
      transposed: true,
      paddedCols: 112,
      bufferRows: 130,
      triangularize: false,
    });
    expect(planReduction(3420, 1280, 16, DEFAULT_BINDING)).toMatchObject({
      transposed: false,
      paddedCols: 1280,
      triangularize: true,
    });
  });

  it.each([
    [3584, 18944],
    [18944, 3584],
  ])('brings %i × %i in blocks to a device with default limits, each row once', (rows, cols) => {
    const { blocks, bufferRows, paddedCols } = planReduction(rows, cols, 16, DEFAULT_BINDING);
    expect(4 * bufferRows * paddedCols).toBeLessThanOrEqual(DEFAULT_BINDING);
    expect(blocks.length).toBeGreaterThan(1);
    let next = 0;
    for (const [at, { begin, end, firstRow, rows: used }] of blocks.entries()) {
      expect(begin).toBe(next);
      expect(firstRow).toBe(at === 0 ? 0 : paddedCols);
      expect(used).toBe(firstRow + end - begin);
      expect(used).toBeLessThanOrEqual(bufferRows);
      next = end;
    }
    expect(next).toBe(18944);
  });

  it('refuses, with both numbers, what fits in no block', () => {
    expect(() => planReduction(8192, 8192, 16, DEFAULT_BINDING)).toThrow(
      /8192 × 8192 matrix needs 335544320 bytes .* binds 134217728/,
    );
  });
});

describe('panelShape and treeLevels', () => {
  it('fit the memory every device has', () => {
    const shape = panelShape(16, 256, 16384);
    expect(shape).toEqual({ width: 16, leaf: 176, threads: 256 });
    // tile, sums, three squares, four vectors at most
    expect(4 * (176 * 16 + 256 + 3 * 256 + 4 * 16)).toBeLessThanOrEqual(16384);
  });

  it('narrow down to one root, and keep every Q apart', () => {
    const levels = treeLevels(18944, panelShape(16, 256, 16384));
    expect(levels.map(({ nodes }) => nodes)).toEqual([108, 10, 1]);
    expect(levels.map(({ rows }) => rows)).toEqual([18944, 1728, 160]);
    expect(levels.map(({ qRow }) => qRow)).toEqual([0, 18944, 20672]);
  });

  it('refuse a workgroup too small, with the numbers', () => {
    expect(() => panelShape(32, 256, 16384)).toThrow(/16384/);
  });
});
