import type { PatchDepth } from '../../../probes/patching/agreement.ts';
import { wilson } from '../../../statistics/wilson.ts';
import type { LayerPoint } from '../../charts/layer-lines/series.ts';

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
