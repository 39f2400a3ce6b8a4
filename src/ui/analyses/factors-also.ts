import type { FactorCounts } from '../../analyses/factor-counts.ts';
import type { Also } from '../charts/layer-lines/series.ts';

/** How many of an update's matrices the factors of adapters gave; nothing where none did. */
export function factorsAlso(counts: FactorCounts | null): Also {
  if (!counts) return {};
  const { matrices, factored, largestRank } = counts;
  return { 'matrices in all': matrices, 'by factors': factored, 'largest rank of factors': largestRank };
}
