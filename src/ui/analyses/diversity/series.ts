import {
  aboveEdgeByLayer,
  changed,
  edgeCounts,
  rankByLayer,
  spectraByLayer,
  spectrumCounts,
} from '../../../analyses/diversity/by-layer.ts';
import { factorCounts } from '../../../analyses/factor-counts.ts';
import type { Also, LayerSeries } from '../../charts/layer-lines/series.ts';
import { factorsAlso } from '../factors-also.ts';
import type { LayerGrid } from '../../charts/layer-heat-map/grid.ts';
import type { LayerwiseSvdFile, RankMetric } from '../../../spectra/results/layerwise-svd.ts';
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
    also: spectraAlso(file, key),
  }));
}

/** Of all its spectra: how many there are, and what is known of them. */
function spectraAlso(file: LayerwiseSvdFile, key: string): Also {
  const { matrices, zero, conditionKnown } = spectrumCounts(file, key);
  const factors = file.layers.flatMap(({ frankenscope }) => {
    const spectrum = frankenscope?.deltas[key];
    return spectrum ? [spectrum.frankenscope?.factors] : [];
  });
  return {
    ...{ spectra: matrices, 'exactly zero': zero, 'condition number within 1 %': conditionKnown },
    ...factorsAlso(factorCounts(factors)),
  };
}

/**
 * ln(σ_i/σ₁) over layer × rank (docs/method.md §6, P1 Fig. 6), mean over those matrices of a layer that changed. An update of zero
 * has no spectrum, and a singular value of zero no logarithm: null.
 */
export function spectrumGrid({ layers }: LayerwiseSvdFile, key: string, ranks: number): LayerGrid {
  return new Map(
    [...spectraByLayer(layers, key)].map(([layer, spectra]) => [
      layer,
      Array.from({ length: ranks }, (_, i) => {
        const logs = changed(spectra).map(({ singular_values }) =>
          Math.log((singular_values[i] ?? 0) / (singular_values[0] ?? 0)),
        );
        const value = mean(logs);
        return Number.isFinite(value) ? value : null;
      }),
    ]),
  );
}

/** How many matrices of a layer have a spectrum: each value of the grid is a mean over these. */
export function matricesByLayer({ layers }: LayerwiseSvdFile, key: string): ReadonlyMap<number, number> {
  return new Map(spectraByLayer(layers, key).map(([layer, spectra]) => [layer, changed(spectra).length]));
}

/** How many singular values of a matrix lie above the edge of rounding alone, per update; empty where nothing was rounded. */
export function aboveEdgeSeries(file: LayerwiseSvdFile, deltas: readonly ShownDelta[]): LayerSeries[] {
  return deltas.flatMap(({ key, formula, colour, marker }) => {
    const points = aboveEdgeByLayer(file, key);
    const { matrices, none, above, values } = edgeCounts(file, key);
    const also = {
      ...{ 'singular values above the edge': above, 'singular values in all': values },
      ...{ 'matrices stored rounded': matrices, 'of these none above the edge': none },
    };
    return points.length === 0 ? [] : [{ key, label: formula, colour, marker, points, also }];
  });
}

/** The edge of rounding alone over the largest singular value, mean over a layer's matrices of the logarithms; null where one has none. */
export function layerEdge({ layers }: LayerwiseSvdFile, key: string, layer: number): number | null {
  const own = new Map(spectraByLayer(layers, key)).get(layer) ?? [];
  const logs = changed(own).map(({ spectral_norm: largest, frankenscope: more }) =>
    Math.log((more?.rounding_edge ?? 0) / largest),
  );
  const edge = Math.exp(mean(logs));
  return Number.isFinite(edge) && edge > 0 ? edge : null;
}

/** The spectrum of a layer relative to its largest value, mean over the layer's matrices of the logarithms. */
export function layerSpectrum(grid: LayerGrid, layer: number): readonly number[] {
  return (grid.get(layer) ?? []).map((value) => (value === null ? NaN : Math.exp(value)));
}
