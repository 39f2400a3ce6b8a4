import type { patchAgreement, PatchDepth } from '../../../probes/patching/agreement.ts';
import { wilson } from '../../../statistics/wilson.ts';
import { inPercent } from '../../charts/layer-lines/full-table.ts';
import type { Also, LayerPoint } from '../../charts/layer-lines/series.ts';

/** Share of the questions on which two models differ that are answered as by one of them, by the layers that were handed over. */
export function agreementPoints(
  depths: readonly PatchDepth[],
  whose: 'asDonor' | 'asRecipient',
): readonly LayerPoint[] {
  return depths
    .filter(({ depth, n }) => depth > 0 && n > 0)
    .map((at) => ({
      ...{ layer: at.depth, value: at[whose] / at.n, n: at.n },
      ...wilson(at[whose], at.n),
    }));
}

/** What is said of all questions, and with the embeddings alone handed over, which are no layer. */
export function agreementAlso(
  { asked, depths }: ReturnType<typeof patchAgreement>,
  whose: 'asDonor' | 'asRecipient',
): Also {
  const embeddings = depths.find(({ depth, n }) => depth === 0 && n > 0);
  if (!embeddings) return { 'questions asked': asked };
  const { low, high } = wilson(embeddings[whose], embeddings.n);
  return {
    'questions asked': asked,
    'embeddings alone, answers alike (%)': inPercent(embeddings[whose] / embeddings.n),
    'embeddings alone, low': inPercent(low),
    'embeddings alone, high': inPercent(high),
    'embeddings alone, n': embeddings.n,
  };
}
