import { describe, expect, test } from 'vitest';
import type {
  OverlapEntry,
  SideOverlap,
  SubspaceOverlapFile,
} from '../../../spectra/results/subspace-overlap-file.ts';
import { overlapCounts } from '../../../analyses/overlap/by-layer.ts';
import { angleGrid, growthGrid, overlapSeries, projectionGrid } from './series.ts';

const side = (overlaps: readonly number[], expected: number): SideOverlap => ({
  overlap: overlaps.at(-1) ?? 0,
  ...{ expected, overlaps, principal_angles: overlaps.map((_, i) => (i * Math.PI) / 4) },
});

function entry(
  layer: number,
  projection: string,
  output: SideOverlap | null,
  input: SideOverlap | null,
  residual = 0,
): OverlapEntry {
  const name = { param_name: `${layer} ${projection}`, layer_idx: layer, section: '', component: '' };
  const k = output?.overlaps.length ?? 0;
  return { ...name, region: null, projection, shape: [10, 20], k, output, input, residual };
}

const FILE: Pick<SubspaceOverlapFile, 'layers' | 'k'> = {
  k: 2,
  layers: [
    entry(-1, 'visual attn.qkv', null, null),
    entry(1, 'q_proj', side([1, 0.6], 0.2), side([0, 0.4], 0.1)),
    entry(1, 'down_proj', side([0.5, 0.2], 0.2), side([0.5, 0.1], 0.1), 0.3),
    entry(2, 'q_proj', side([0.25, 0.5], 0.2), side([1, 1], 0.1)),
  ],
};
const file = FILE as SubspaceOverlapFile;

describe('overlap per layer', () => {
  test('is the mean over the matrices that have one, at every k that was compared', () => {
    const [output, input, outputChance] = overlapSeries(file, 2, 'red');
    expect(output?.points).toEqual([
      { layer: -1, value: null },
      { layer: 1, value: expect.closeTo(0.4, 12), n: 2 },
      { layer: 2, value: 0.5, n: 1 },
    ]);
    expect(input?.points[1]?.value).toBeCloseTo(0.25, 12);
    expect(outputChance?.points[1]?.value).toBeCloseTo(0.2, 12);
    const [first, , chance] = overlapSeries(file, 1, 'red');
    expect(first?.points[1]?.value).toBeCloseTo(0.75, 12);
    expect(chance?.points[1]?.value).toBeCloseTo(0.1, 12);
  });

  test('by projection has short names in the order of a layer, and nothing where there is none', () => {
    const { names, grid, counts } = projectionGrid(file, 'output', 2);
    expect(names).toEqual(['q', 'qkv', 'down']);
    expect(grid.get(1)).toEqual([0.6, null, 0.2]);
    expect(grid.get(2)).toEqual([0.5, null, null]);
    expect(grid.get(-1)).toEqual([null, null, null]);
    expect([counts.get(1), counts.get(-1)]).toEqual([
      [1, 0, 1],
      [0, 0, 0],
    ]);
  });

  test('grows with k, and angles are degrees', () => {
    expect(growthGrid(file, 'output', 2).grid.get(2)).toEqual([0.25, 0.5]);
    expect(angleGrid(file, 'output', 3).grid.get(2)).toEqual([0, 45, null]);
    // A cell's own matrices: fewer have a third direction.
    expect(growthGrid(file, 'output', 3).counts.get(1)).toEqual([2, 2, 0]);
  });

  test('is counted: matrices without one, and with vectors that have not settled', () => {
    expect(overlapCounts(file)).toMatchObject({ matrices: 4, without: 1, unsettled: 1 });
  });
});
