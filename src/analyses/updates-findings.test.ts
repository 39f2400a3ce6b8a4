import { describe, expect, test } from 'vitest';
import type {
  OverlapEntry,
  SideOverlap,
  SubspaceOverlapFile,
} from '../spectra/results/subspace-overlap-file.ts';
import { words as diversity } from './diversity/words.mjs';
import { normName, words as energy } from './energy/words.mjs';
import { layerMeans } from './layer-means.ts';
import { analysis } from './overlap/analysis.ts';
import { declaration } from './overlap/declaration.mjs';
import { defaultValues } from './setting-values.ts';
import { layerMeansSentence } from './wording.mjs';

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

/** Three regions that end after layers a, b and n, counted from 1. */
const regions = (a: number, b: number, n: number) => [
  { name: 'Early', first: 0, last: a - 1 },
  { name: 'Mid', first: a, last: b - 1 },
  { name: 'Late', first: b, last: n - 1 },
];

test('overlap in words: each side by region beside chance, and what has no overlap', () => {
  const reader = {
    regions: regions(1, 2, 3),
    formulas: new Map<string, string>(),
    scale: 'relative',
  } as const;
  const plan = { deltas: [], pairing: {} } as unknown as Parameters<typeof analysis.findings>[1];
  const found = (of: SubspaceOverlapFile) =>
    analysis.findings(of, plan, defaultValues(declaration.settings), reader);
  const said = found(file);
  expect(said[0]).toBe('In 1 of 4 matrices one of the updates is exactly zero: they have no overlap.');
  expect(said[1]).toContain(
    'Output directions: mean overlap of the first 2 directions ± standard deviation between layers, Early 0.4 (1 layer, chance 0.2)',
  );
  expect(said[2]).toContain('Early 0.25 (1 layer, chance 0.1), Mid 1 (1 layer, chance 0.1)');
  expect(said).toHaveLength(4);
  expect(found({ ...file, layers: file.layers.slice(0, 1) })).toEqual([
    'One of the updates is exactly zero in every matrix: nothing is shared.',
  ]);
});

describe('numbers by layer in words', () => {
  const means = (values: readonly number[], a: number, b: number) =>
    layerMeans(
      'RL − IN',
      values.map((value, i) => ({ layer: i + 1, value })),
      regions(a, b, values.length),
    );

  test('regions have mean and spread, a frozen one is exactly zero', () => {
    expect(layerMeansSentence(means([0, 0, 2, 4, 5, 6], 2, 4), '‖Δ‖')).toBe(
      'RL − IN: mean ‖Δ‖ ± standard deviation between layers, Early exactly zero (2 layers), Mid 3.0 ± 1.4 (2 layers), Late 5.5 ± 0.7 (2 layers); largest in layer 6 (6).',
    );
  });

  test('a region where a number is not defined is named, and is no zero', () => {
    const points = [null, null, 2, 4].map((value, i) => ({ layer: i + 1, value }));
    const found = layerMeans('RL − IN', points, regions(2, 3, 4));
    expect(layerMeansSentence(found, 'effective rank')).toBe(
      'RL − IN: mean effective rank ± standard deviation between layers, Mid 2 (1 layer), Late 4 (1 layer); not defined in Early (2 layers); largest in layer 4 (4).',
    );
    const none = layerMeans('RL − IN', points.slice(0, 2), regions(1, 2, 2));
    expect(layerMeansSentence(none, 'effective rank')).toBe(
      'RL − IN: effective rank is not defined in Early (1 layer), Mid (1 layer).',
    );
  });

  test('a mean of ratios and the ratio of a group as one vector are told apart', () => {
    for (const scale of ['relative', 'absolute'] as const) {
      const [own, joint] = [normName('mean', scale), normName('joint', scale)];
      expect(own).not.toBe(joint);
      expect(energy.findings.means(means([1, 2, 3], 1, 2), scale)).toContain(`${own} ±`);
    }
  });

  test('an update of nothing is said to be that', () => {
    const { means: sentence, unchanged } = energy.findings;
    expect(sentence(means([0, 0, 0], 1, 2), 'absolute')).toBe('RL − IN: ‖Δ‖ is exactly zero in every layer.');
    expect(unchanged('RL − IN', 1, true)).toBe('RL − IN changes nothing at all.');
    expect(unchanged('RL − IN', 1, false)).toBe('RL − IN changes nothing of what was compared.');
    expect(unchanged('RL − IN', 0.412, true)).toBe(
      'RL − IN leaves 41.2 % of the weights exactly as they were.',
    );
  });
});

describe('rounding in words', () => {
  const formats = ['AWQ, 4 bits in groups of 128'];

  test('updates that are not told from it are counted', () => {
    const { floor } = energy.findings;
    expect(floor('RL − IN', { matrices: 84, atFloor: 12 }, formats)).toBe(
      'RL − IN: the update of 12 of 84 matrices stored rounded is not told from what rounding to AWQ, 4 bits in groups of 128 alone would give.',
    );
    expect(floor('RL − IN', { matrices: 84, atFloor: 0 }, formats)).toMatch(
      /all 84 matrices stored rounded lies above/,
    );
  });

  test('so are singular values above its edge, and of an estimate it is said that there may be more', () => {
    const { edge } = diversity.findings;
    const counts = { matrices: 3, none: 1, above: 7, values: 192 };
    expect(edge('RL − IN', counts, formats, 'exact')).toBe(
      'RL − IN: 7 of 192 singular values lie above the edge of what rounding to AWQ, 4 bits in groups of 128 alone would give; none in 1 of 3 matrices.',
    );
    expect(edge('RL − IN', { ...counts, none: 0 }, formats, 'fast')).toMatch(
      /^RL − IN: at least 7 of .* give\.$/,
    );
  });
});
