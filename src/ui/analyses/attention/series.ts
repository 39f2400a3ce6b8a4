import { indexOfRow } from '../../../layer-index.ts';
import type { AttentionDifference } from '../../../probes/attention/difference.ts';
import type { AttentionReading } from '../../../probes/attention/layer-means.ts';
import type { LayerPoint } from '../../charts/layer-lines/series.ts';

/** Attention of each layer onto the image, or the difference of two models', with its interval where there is one. */
export function attentionPoints(
  layers: readonly AttentionDifference[],
  reading: AttentionReading,
): readonly LayerPoint[] {
  return layers.map(({ layer, [reading]: { mean, interval, n } }) => ({
    ...{ layer: indexOfRow(layer), value: mean, n },
    ...interval,
  }));
}
