import type { ModelDepths } from '../../../probes/lens/depths.ts';
import type { LayerPoint } from '../../charts/layer-lines/series.ts';

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
