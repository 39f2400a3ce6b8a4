import { TASK_NAMES } from '../../analyses/swap/words.mjs';
import type { Published } from '../charts/layer-lines/series.ts';
import type { Papers } from './papers.ts';
import { t } from './texts.ts';

/**
 * The published swap peaks as marks on a body of `layers` LLM layers, each in its task's panel. Where the body is as deep as the
 * paper's they stand at its layers; elsewhere at the same relative depth, which their label says.
 */
export function swapPeakMarks({ papers, swapPeaks }: Papers, layers: number): Published[] {
  const { paper, layers: deep, firstLayer } = swapPeaks;
  // Middle of the printed layer as a share of the depth, then the layer of this body that holds it.
  const at = (printed: number) => {
    const share = (printed - firstLayer + 0.5) / deep;
    return Math.min(layers, Math.floor(share * layers) + 1);
  };
  /** Printed layers count from another number than the app's, and of another depth: both are said. */
  const named = (printed: number, last = printed) => {
    const place = {
      paper: papers[paper].short,
      ...({ printed: [printed, last], here: [at(printed), at(last)] } as const),
    };
    return layers === deep
      ? { label: t.counted(place) }
      : { label: t.stretched(place, deep, layers), short: t.ofDepth(place, deep) };
  };
  const panel = (task: string) => TASK_NAMES[task as keyof typeof TASK_NAMES] ?? task;
  return [
    ...swapPeaks.spreads.map(({ task, first, last }) => ({
      kind: 'span' as const,
      ...named(first, last),
      panel: panel(task),
      first: at(first),
      last: at(last),
    })),
    ...swapPeaks.peaks.map(({ task, layer, rate }) => ({
      kind: 'peak' as const,
      ...named(layer),
      panel: panel(task),
      layer: at(layer),
      value: rate,
    })),
  ];
}
