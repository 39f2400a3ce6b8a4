import type { ModelDepths } from '../../../probes/lens/depths.ts';
import { inPercent } from '../../charts/layer-lines/full-table.ts';
import type { Also, LayerPoint } from '../../charts/layer-lines/series.ts';

/** Share of samples whose answer can be read after each layer. */
export function readablePoints({ depths, n }: ModelDepths): readonly LayerPoint[] {
  return depths
    .filter(({ depth }) => depth > 0)
    .map(({ depth, readable, interval }) => ({ layer: depth, value: readable, ...interval, n }));
}

/** Median rank of the answer's first token after each layer. */
export function rankPoints({ depths, n }: ModelDepths): readonly LayerPoint[] {
  return depths
    .filter(({ depth }) => depth > 0)
    .map(({ depth, medianRank }) => ({ layer: depth, value: medianRank, n }));
}

/** What is said of the embedding, which is no layer. */
export function embeddingAlso({ depths, without }: ModelDepths): Also {
  const embedding = depths.find(({ depth }) => depth === 0);
  return {
    ...(embedding && {
      'after the embedding, readable (%)': inPercent(embedding.readable),
      'after the embedding, low': inPercent(embedding.interval.low),
      'after the embedding, high': inPercent(embedding.interval.high),
    }),
    'samples without an answer': without,
  };
}
