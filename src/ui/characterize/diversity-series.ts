import type { LayerSeries } from '../charts/layer-lines/series.ts';
import type { LayerGrid } from '../charts/layer-heat-map/grid.ts';
import type { LayerwiseSvdFile, SvdEntry, SvdMetrics } from '../../spectra/results/layerwise-svd.ts';
import type { ShownDelta } from './comparison.svelte.ts';
import { mean } from '../../statistics/mean.ts';

export type RankMetric = 'effective_rank' | 'stable_rank';

/** Effective or stable rank per layer, mean over its matrices; in fast mode ± 1.96 standard errors of the estimate. */
export function rankSeries(
  { layers }: LayerwiseSvdFile,
  deltas: readonly ShownDelta[],
  metric: RankMetric,
): LayerSeries[] {
  return deltas.map(({ key, formula, colour, marker }) => ({
    ...{ key, label: formula, colour, marker },
    points: [...byLayer(layers, key)].map(([layer, spectra]) => {
      const value = mean(spectra.map((spectrum) => spectrum[metric]));
      const errors = spectra.map(({ frankenscope }) => frankenscope?.standard_errors?.effective_rank);
      const known = metric === 'effective_rank' && errors.every((error) => error !== undefined);
      const half = known
        ? (1.96 * Math.sqrt(mean(errors.map((error) => error ** 2)))) / Math.sqrt(errors.length)
        : 0;
      return { layer, value, n: spectra.length, ...(known ? { low: value - half, high: value + half } : {}) };
    }),
  }));
}

/**
 * ln(σ_i/σ₁) over layer × rank (docs/method.md §6, P1 Fig. 6), mean over the matrices of a layer. An update of zero has no
 * spectrum, and a singular value of zero no logarithm: null.
 */
export function spectrumGrid({ layers }: LayerwiseSvdFile, key: string, ranks: number): LayerGrid {
  return new Map(
    [...byLayer(layers, key)].map(([layer, spectra]) => [
      layer,
      Array.from({ length: ranks }, (_, i) => {
        const logs = spectra.map(({ singular_values }) =>
          Math.log((singular_values[i] ?? 0) / (singular_values[0] ?? 0)),
        );
        const value = mean(logs);
        return Number.isFinite(value) ? value : null;
      }),
    ]),
  );
}

/** The spectrum of a layer relative to its largest value, mean over the layer's matrices of the logarithms. */
export function layerSpectrum(grid: LayerGrid, layer: number): readonly number[] {
  return (grid.get(layer) ?? []).map((value) => (value === null ? NaN : Math.exp(value)));
}

/** How many updates have a condition number that the arithmetic knows within 1 %, and how many are exactly zero. */
export function spectrumCounts({ layers }: LayerwiseSvdFile, key: string) {
  const spectra = layers.flatMap(({ frankenscope }) => frankenscope?.deltas[key] ?? []);
  return {
    matrices: spectra.length,
    zero: spectra.filter(({ spectral_norm }) => spectral_norm === 0).length,
    conditionKnown: spectra.filter(({ frankenscope }) => frankenscope?.condition_known === true).length,
    devices: [...new Set(spectra.flatMap(({ frankenscope }) => frankenscope?.device ?? []))],
  };
}

function byLayer(layers: readonly SvdEntry[], key: string): Map<number, SvdMetrics[]> {
  const found = new Map<number, SvdMetrics[]>();
  for (const { layer_idx, frankenscope } of layers) {
    const spectrum = frankenscope?.deltas[key];
    if (layer_idx === null || !spectrum) continue;
    found.set(layer_idx, [...(found.get(layer_idx) ?? []), spectrum]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}
