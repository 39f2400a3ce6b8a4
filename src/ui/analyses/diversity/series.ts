import { rankByLayer, type RankMetric, spectraByLayer } from '../../../analyses/diversity/by-layer.ts';
import type { LayerSeries } from '../../charts/layer-lines/series.ts';
import type { LayerGrid } from '../../charts/layer-heat-map/grid.ts';
import type { LayerwiseSvdFile } from '../../../spectra/results/layerwise-svd.ts';
import type { ShownDelta } from '../../characterize/comparison.svelte.ts';
import { mean } from '../../../statistics/mean.ts';

/** Effective or stable rank per layer and update. */
export function rankSeries(
  file: LayerwiseSvdFile,
  deltas: readonly ShownDelta[],
  metric: RankMetric,
): LayerSeries[] {
  return deltas.map(({ key, formula, colour, marker }) => ({
    ...{ key, label: formula, colour, marker },
    points: rankByLayer(file, key, metric),
  }));
}

/**
 * ln(σ_i/σ₁) over layer × rank (docs/method.md §6, P1 Fig. 6), mean over the matrices of a layer. An update of zero has no
 * spectrum, and a singular value of zero no logarithm: null.
 */
export function spectrumGrid({ layers }: LayerwiseSvdFile, key: string, ranks: number): LayerGrid {
  return new Map(
    [...spectraByLayer(layers, key)].map(([layer, spectra]) => [
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
