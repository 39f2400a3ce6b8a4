import { indexOfRow } from '../../../layer-index.ts';
import type { ErrorRate } from '../../../probes/ablation/error-rates.ts';
import type { LayerPoint } from '../../charts/layer-lines/series.ts';

/** Error rates by the layer that is left out; layers by their unified index. */
export function errorPoints(rates: readonly ErrorRate[]): readonly LayerPoint[] {
  return rates.map(({ layer, errorRate, interval, n }) => ({
    ...{ layer: indexOfRow(layer), value: errorRate, n },
    ...interval,
  }));
}

/** Mean tokens of an answer, likewise. */
export function lengthPoints(rates: readonly ErrorRate[]): readonly LayerPoint[] {
  return rates.map(({ layer, form, n }) => ({
    ...{ layer: indexOfRow(layer), value: form.meanTokens, n },
    ...form.tokensInterval,
  }));
}
