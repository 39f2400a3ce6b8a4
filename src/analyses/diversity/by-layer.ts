import { definedRanks, type RankMetric } from '../../spectra/results/layerwise-svd.ts';
import type { LayerwiseSvdFile, SvdEntry, SvdMetrics } from '../../spectra/results/layerwise-svd.ts';
import type { LayerIndex } from '../../layer-index.ts';
import { byLayer } from '../../spectra/results/updates-file.ts';
import { mean } from '../../statistics/mean.ts';

/**
 * Effective or stable rank per layer, mean over those of its matrices that changed, null where none did; in fast mode ± 1.96 standard
 * errors of the estimate.
 */
export function rankByLayer(
  { layers }: LayerwiseSvdFile,
  key: string,
  metric: RankMetric,
): readonly {
  readonly layer: LayerIndex;
  readonly value: number | null;
  readonly n?: number;
  readonly low?: number;
  readonly high?: number;
}[] {
  return spectraByLayer(layers, key).map(([layer, all]) => {
    const ranks = definedRanks(all, metric);
    if (ranks.length === 0) return { layer, value: null };
    const value = mean(ranks);
    const spectra = all.filter((spectrum) => spectrum[metric] !== 0);
    const errors = spectra.map(({ frankenscope }) => frankenscope?.standard_errors?.effective_rank);
    const known = metric === 'effective_rank' && errors.every((error) => error !== undefined);
    const half = known
      ? (1.96 * Math.sqrt(mean(errors.map((error) => error ** 2)))) / Math.sqrt(errors.length)
      : 0;
    return { layer, value, n: spectra.length, ...(known ? { low: value - half, high: value + half } : {}) };
  });
}

/** Of one update's spectra. */
export interface SpectrumCounts {
  readonly matrices: number;
  /** Updates that are exactly zero. */
  readonly zero: number;
  /** Condition numbers that the arithmetic knows within 1 %. */
  readonly conditionKnown: number;
  readonly devices: readonly string[];
}

export function spectrumCounts({ layers }: LayerwiseSvdFile, key: string): SpectrumCounts {
  const spectra = layers.flatMap(({ frankenscope }) => frankenscope?.deltas[key] ?? []);
  return {
    matrices: spectra.length,
    zero: spectra.filter(({ spectral_norm }) => spectral_norm === 0).length,
    // Of what is exactly zero there is none to know.
    conditionKnown: spectra.filter(
      ({ spectral_norm, frankenscope }) => spectral_norm > 0 && frankenscope?.condition_known === true,
    ).length,
    devices: [...new Set(spectra.flatMap(({ frankenscope }) => frankenscope?.device ?? []))],
  };
}

/** How many singular values lie above the edge of rounding alone, mean over a layer's matrices that it has a part in. */
export function aboveEdgeByLayer({ layers }: LayerwiseSvdFile, key: string) {
  return byLayer(layers, ({ layer_idx }) => layer_idx).flatMap(([layer, entries]) => {
    const { matrices, above } = edgeCounts({ layers: entries }, key);
    return matrices === 0 ? [] : [{ layer, value: above / matrices, n: matrices }];
  });
}

/** Of one update's spectra that rounding has a part in. */
export interface EdgeCounts {
  readonly matrices: number;
  /** Of these, that have no singular value above the edge of rounding alone. */
  readonly none: number;
  /** Singular values above it, and all. */
  readonly above: number;
  readonly values: number;
}

export function edgeCounts({ layers }: Pick<LayerwiseSvdFile, 'layers'>, key: string): EdgeCounts {
  const counts = layers.flatMap(({ frankenscope }) => {
    const above = frankenscope?.deltas[key]?.frankenscope?.above_edge;
    return above === undefined ? [] : [{ above, values: Math.min(...(frankenscope?.shape ?? [])) }];
  });
  return {
    matrices: counts.length,
    none: counts.filter(({ above }) => above === 0).length,
    above: counts.reduce((sum, { above }) => sum + above, 0),
    values: counts.reduce((sum, { values }) => sum + values, 0),
  };
}

/** The updates among these that are not exactly zero: only they have a spectrum whose shape says anything. */
export function changed(spectra: readonly SvdMetrics[]): readonly SvdMetrics[] {
  return spectra.filter(({ spectral_norm }) => spectral_norm > 0);
}

/** One update's spectra by unified layer index, in its order. */
export function spectraByLayer(
  layers: readonly SvdEntry[],
  key: string,
): (readonly [layer: number, spectra: readonly SvdMetrics[]])[] {
  const measured = layers.filter(({ frankenscope }) => frankenscope?.deltas[key]);
  return byLayer(measured, ({ layer_idx }) => layer_idx).map(([layer, entries]) => [
    layer,
    entries.flatMap(({ frankenscope }) => frankenscope?.deltas[key] ?? []),
  ]);
}
