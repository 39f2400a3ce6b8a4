import { indexOfRow } from '../../../layer-index.ts';
import type { ErrorRate } from '../../../probes/ablation/error-rates.ts';
import { inPercent } from '../../charts/layer-lines/full-table.ts';
import type { Also, LayerPoint } from '../../charts/layer-lines/series.ts';

/** Error rates by the layer that is left out; layers by their unified index. */
export function errorPoints(rates: readonly ErrorRate[]): readonly LayerPoint[] {
  return rates.map(({ layer, errorRate, interval, n, drop }) => ({
    ...{ layer: indexOfRow(layer), value: errorRate, n },
    ...interval,
    ...(drop ? { also: { lost: drop.lost, gained: drop.gained } } : {}),
  }));
}

/** Mean tokens of an answer, likewise. */
export function lengthPoints(rates: readonly ErrorRate[]): readonly LayerPoint[] {
  return rates.map(({ layer, form, n }) => ({
    ...{ layer: indexOfRow(layer), value: form.meanTokens, n },
    ...form.tokensInterval,
    also: formsAlso(form),
  }));
}

/** What is said of the answers' form beside their length. */
export function formsAlso({ cutOff, withAnswerTag }: ErrorRate['form']): Also {
  return { 'cut off (%)': inPercent(cutOff), 'with answer tag (%)': inPercent(withAnswerTag) };
}
