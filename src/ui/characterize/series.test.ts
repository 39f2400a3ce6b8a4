import { describe, expect, test } from 'vitest';
import type { LayerwiseSvdFile, SvdMetrics } from '../../spectra/results/layerwise-svd.ts';
import { layerSpectrum, rankSeries, spectrumCounts, spectrumGrid } from './diversity-series.ts';
import { onRight } from './energy-series.ts';
import { regionSentence, unchangedSentence } from './sentences.ts';

const RL = { key: 'rl', label: 'RL', colour: 'red', formula: 'RL − IN' };
const SFT = { key: 'sft', label: 'IN', colour: 'blue', formula: 'IN − Base' };

function spectrum(values: readonly number[], more: { rank: number; error?: number }): SvdMetrics {
  return {
    spectral_norm: values[0] ?? 0,
    nuclear_norm: 0,
    fro_norm: 0,
    stable_rank: more.rank,
    effective_rank: more.rank,
    condition_number: null,
    log_volume: 0,
    singular_values: values,
    frankenscope: {
      mode: more.error === undefined ? 'exact' : 'fast',
      device: 'cpu',
      condition_known: more.error === undefined,
      ...(more.error === undefined
        ? {}
        : { standard_errors: { nuclear_norm: 0, effective_rank: more.error } }),
    },
  };
}

function file(entries: readonly { layer: number; rl: SvdMetrics }[]): LayerwiseSvdFile {
  return {
    metadata: {
      base_model: '',
      sft_model: '',
      rl_model: '',
      weight_filter: null,
      topk: 3,
      num_llm_layers: 2,
    },
    layers: entries.map(({ layer, rl }, index) => ({
      param_name: `w${index}`,
      layer_idx: layer,
      section: '',
      component: '',
      region: null,
      frankenscope: { projection: '', shape: [1, 1], deltas: { rl } },
    })),
    summary: [],
  };
}

describe('spectra per layer', () => {
  test('are natural logarithms over the largest, averaged over the matrices of a layer', () => {
    const grid = spectrumGrid(
      file([
        { layer: 1, rl: spectrum([2, 1, 0.5], { rank: 1 }) },
        { layer: 1, rl: spectrum([8, 8, 2], { rank: 1 }) },
      ]),
      'rl',
      3,
    );
    const column = grid.get(1) ?? [];
    expect(column[0]).toBe(0);
    expect(column[1]).toBeCloseTo(Math.log(0.5) / 2, 12);
    expect(column[2]).toBeCloseTo(Math.log(0.25), 12);
    expect(layerSpectrum(grid, 1)[2]).toBeCloseTo(0.25, 12);
  });

  test('of an update of zero, or past the last singular value, are nothing rather than a number', () => {
    const zero = file([
      { layer: 1, rl: spectrum([0, 0, 0], { rank: 0 }) },
      { layer: 2, rl: spectrum([4, 0], { rank: 1 }) },
    ]);
    const grid = spectrumGrid(zero, 'rl', 3);
    expect(grid.get(1)).toEqual([null, null, null]);
    expect(grid.get(2)).toEqual([0, null, null]);
    expect(spectrumCounts(zero, 'rl')).toEqual({ matrices: 2, zero: 1, conditionKnown: 2, devices: ['cpu'] });
  });

  test("estimated ranks carry their error: that of a mean over the layer's matrices", () => {
    const [series] = rankSeries(
      file([
        { layer: 1, rl: spectrum([1], { rank: 10, error: 3 }) },
        { layer: 1, rl: spectrum([1], { rank: 20, error: 4 }) },
      ]),
      [RL],
      'effective_rank',
    );
    // Var of the mean of two: (3² + 4²)/4.
    const half = 1.96 * Math.sqrt(25 / 4);
    expect(series?.points).toEqual([
      { layer: 1, value: 15, n: 2, low: expect.closeTo(15 - half, 9), high: expect.closeTo(15 + half, 9) },
    ]);
  });
});

test('RL has an axis of its own beside SFT only', () => {
  expect(onRight('rl', [SFT, RL])).toBe(true);
  expect(onRight('sft', [SFT, RL])).toBe(false);
  expect(onRight('rl', [RL])).toBe(false);
});

describe('in words', () => {
  const series = (values: readonly (number | null)[]) => ({
    key: 'rl',
    label: 'RL − IN',
    colour: '',
    points: values.map((value, i) => ({ layer: i + 1, value })),
  });

  test('regions have mean and spread, a frozen one is exactly zero', () => {
    expect(regionSentence(series([0, 0, 2, 4, 5, 6]), [2, 4], 6, '‖Δ‖')).toBe(
      'RL − IN: mean ‖Δ‖ and its spread between layers, Early exactly zero, Mid 3 ± 1.4 (2 layers), Late 5.5 ± 0.71 (2 layers); largest in layer 6 (6).',
    );
  });

  test('an update of nothing is said to be that', () => {
    expect(regionSentence(series([0, 0, 0]), [1, 2], 3, '‖Δ‖')).toBe(
      'RL − IN: ‖Δ‖ is exactly zero in every layer.',
    );
    expect(unchangedSentence('RL − IN', 1)).toBe('RL − IN changes nothing at all.');
    expect(unchangedSentence('RL − IN', 0.412)).toBe(
      'RL − IN leaves 41.2 % of the weights exactly as they were.',
    );
  });
});
