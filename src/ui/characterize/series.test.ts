import { describe, expect, test } from 'vitest';
import type { LayerwiseSvdFile, SvdMetrics } from '../../spectra/results/layerwise-svd.ts';
import { spectrumCounts } from '../../analyses/diversity/by-layer.ts';
import {
  aboveEdgeSeries,
  layerEdge,
  layerSpectrum,
  matricesByLayer,
  rankSeries,
  spectrumGrid,
} from '../analyses/diversity/series.ts';
import type { FroNormFile } from '../../spectra/results/fro-norm.ts';
import { shownDeltas } from './comparison.svelte.ts';
import { allPairsFit, cosineSeries } from '../analyses/energy/series.ts';

const RL = {
  ...({ key: 'rl', to: 'rl', from: 'in', label: 'RL' } as const),
  ...({ colour: 'red', marker: 'square', formula: 'RL − IN', between: ['IN', 'RL'] } as const),
};

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
    expect(rankSeries(zero, [RL], 'effective_rank')[0]?.points).toEqual([
      { layer: 1, value: null },
      { layer: 2, value: 1, n: 1 },
    ]);
    expect(spectrumCounts(zero, 'rl')).toEqual({ matrices: 2, zero: 1, conditionKnown: 1, devices: ['cpu'] });
  });

  test('of a layer are means over those of its matrices that changed, and n counts these', () => {
    const mixed = file([
      { layer: 1, rl: spectrum([0, 0, 0], { rank: 0 }) },
      { layer: 1, rl: spectrum([4, 2, 1], { rank: 3 }) },
    ]);
    expect(spectrumGrid(mixed, 'rl', 2).get(1)).toEqual([0, Math.log(0.5)]);
    expect(matricesByLayer(mixed, 'rl')).toEqual(new Map([[1, 1]]));
    for (const metric of ['effective_rank', 'stable_rank'] as const)
      expect(rankSeries(mixed, [RL], metric)[0]?.points).toEqual([{ layer: 1, value: 3, n: 1 }]);
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

describe('the edge of rounding', () => {
  const rounded = (largest: number, rounding_edge: number, above_edge: number): SvdMetrics => {
    const of = spectrum([largest], { rank: 1 });
    return {
      ...of,
      frankenscope: { mode: 'exact', device: 'cpu', condition_known: true, rounding_edge, above_edge },
    };
  };

  test('of a layer is over the largest value, as its spectrum is, and counts what lies above in all its matrices', () => {
    const found = file([
      { layer: 1, rl: rounded(2, 1, 1) },
      { layer: 1, rl: rounded(8, 1, 0) },
      { layer: 2, rl: rounded(2, 1, 1) },
      { layer: 2, rl: spectrum([2], { rank: 1 }) },
    ]);
    expect(layerEdge(found, 'rl', 1)).toBeCloseTo(Math.sqrt((1 / 2) * (1 / 8)), 12);
    // Of the mean spectrum of a layer that is rounded in part there is no edge.
    expect(layerEdge(found, 'rl', 2)).toBeNull();
    expect(aboveEdgeSeries(found, [RL])[0]?.points).toEqual([
      { layer: 1, value: 0.5, n: 2 },
      { layer: 2, value: 1, n: 1 },
    ]);
    expect(aboveEdgeSeries(file([{ layer: 1, rl: spectrum([2], { rank: 1 }) }]), [RL])).toEqual([]);
  });
});

describe('looks', () => {
  /** Updates of so many checkpoints against IN, as a study has them, each in its own colour. */
  const shown = (count: number) => {
    const keys = ['sft', 'rl', ...Array.from({ length: count - 2 }, (_, i) => `m${i + 4}`)];
    const to = (key: string) => (key === 'sft' ? 'in' : key);
    return shownDeltas(
      keys.map((key) => ({ key, to: to(key), from: key === 'sft' ? 'base' : 'in', relativeTo: 'in' })),
      new Map(['base', 'in', ...keys].map((role) => [role, { label: role, colour: `colour of ${role}` }])),
    );
  };
  const cosines = (keys: readonly string[]): FroNormFile => {
    const pairs = keys.flatMap((b, i) => keys.slice(0, i).map((a) => [`${a} ${b}`, 0.5] as const));
    const cosine = Object.fromEntries(pairs);
    const joint = { elements: 1, fro_norm: {}, relative_norm: {}, unchanged: {}, cosine };
    const layer = { layer_idx: 1, section: '', n_params: 1, frankenscope: { ...joint, deltas: {} } };
    return {
      metadata: { base_model: '', sft_model: '', rl_model: '' },
      layers: [],
      summary: [layer],
      frankenscope: { total: joint } as unknown as NonNullable<FroNormFile['frankenscope']>,
    };
  };
  const apart = (series: readonly { readonly marker?: string }[]) =>
    new Set(series.map(({ marker }) => marker)).size === series.length;

  test('of updates differ by marker as well as by colour', () => {
    expect(apart(shown(5))).toBe(true);
    expect(new Set(shown(7).map(({ colour, marker }) => `${colour} ${marker}`)).size).toBe(7);
  });

  test('of cosines do too, and are those of one update where all pairs would be too many', () => {
    const few = shown(4);
    expect(allPairsFit(few)).toBe(true);
    const all = cosineSeries(cosines(few.map(({ key }) => key)), few, null);
    expect(all).toHaveLength(6);
    expect(apart(all)).toBe(true);
    expect(all[0]?.label).toBe('in − base, rl − in');

    const many = shown(5);
    expect(allPairsFit(many)).toBe(false);
    const of = cosineSeries(cosines(many.map(({ key }) => key)), many, 'rl');
    expect(of.map(({ key }) => key)).toEqual(['sft rl', 'rl m4', 'rl m5', 'rl m6']);
    expect(of.map(({ label }) => label)).toEqual(['in − base', 'm4 − in', 'm5 − in', 'm6 − in']);
    expect(apart(of)).toBe(true);
    expect(of[1]?.points).toEqual([{ layer: 1, value: 0.5, n: 1 }]);
  });
});
