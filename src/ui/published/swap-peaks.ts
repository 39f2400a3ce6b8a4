import type { Published } from '../charts/layer-lines/series.ts';
import type { Papers } from './papers.ts';

/**
 * The published swap peaks as marks on a body of `layers` LLM layers. Where the body is as deep as the paper's
 * they stand at its layers; elsewhere at the same relative depth, which their label says.
 */
export function swapPeakMarks({ swapPeaks }: Papers, layers: number): Published[] {
  const same = layers === swapPeaks.layers;
  // Middle of the printed layer as a share of the depth, then the layer of this body that holds it.
  const at = (printed: number) => {
    const share = (printed - swapPeaks.firstLayer + 0.5) / swapPeaks.layers;
    return Math.min(layers, Math.floor(share * layers) + 1);
  };
  /** Printed counts begin at another number than the app's: both are said. */
  const caption = (printed: string) => (same ? `printed ${printed}` : `${printed} of ${swapPeaks.layers}`);
  return [
    ...swapPeaks.spreads.map(({ task, first, last }) => ({
      kind: 'span' as const,
      label: `${task} (${caption(`${first}\u2013${last}`)})`,
      first: at(first),
      last: at(last),
    })),
    ...swapPeaks.peaks.map(({ task, layer, rate }) => ({
      kind: 'peak' as const,
      label: `${task} (${caption(String(layer))})`,
      layer: at(layer),
      value: rate,
    })),
  ];
}
