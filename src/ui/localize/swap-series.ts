import type { Definition } from '../../probes/answers/judged.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import { changeRates } from '../../probes/swap/change-rates.ts';
import type { Task } from '../../probes/task.ts';
import type { LayerSeries, Published } from '../charts/layer-lines/series.ts';
import type { MarkerShape } from '../charts/marks/markers.ts';
import { taskName } from './sentences.ts';

const MARKERS: Readonly<Record<Task, MarkerShape>> = {
  ocr: 'circle',
  counting: 'square',
  grounding: 'triangle',
  recognition: 'diamond',
};

/** A line per task, in the colour of the model; layers by their unified index. */
export function swapSeries(
  records: readonly SwapRecord[],
  definition: Definition,
  colour: string,
): readonly LayerSeries[] {
  return changeRates(records, definition).map(({ task, layers }) => ({
    key: task,
    label: taskName(task),
    colour,
    marker: MARKERS[task],
    points: layers.map(({ layer, rate, interval, n }) => ({
      layer: layer + 1,
      value: rate,
      low: interval.low,
      high: interval.high,
      n,
    })),
  }));
}

/** VFL's peaks on Qwen2.5-VL-7B (28 layers, single layers, counted from 0 there): shown on bodies of that depth only. */
export function publishedPeaks(layers: number): readonly Published[] {
  if (layers !== 28) return [];
  return [
    { kind: 'span', label: 'recognition 0–10', first: 1, last: 11 },
    { kind: 'peak', label: 'counting 12', layer: 13, value: 0.874 },
    { kind: 'peak', label: 'grounding 18', layer: 19, value: 1 },
    { kind: 'peak', label: 'OCR 22', layer: 23, value: 0.928 },
  ];
}
