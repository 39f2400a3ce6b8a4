import { indexOfRow, rowOfIndex } from '../../../layer-index.ts';
import type { Definition } from '../../../probes/answers/judged.ts';
import type { SwapRecord } from '../../../probes/swap/sweep.ts';
import { changeRates, regionRate } from '../../../probes/swap/change-rates.ts';
import type { Task } from '../../../probes/task.ts';
import type { LayerSeries } from '../../charts/layer-lines/series.ts';
import type { MarkerShape } from '../../charts/marks/markers.ts';
import { TASK_NAMES } from '../../../analyses/swap/words.mjs';

const MARKERS: Readonly<Record<Task, MarkerShape>> = {
  ocr: 'circle',
  counting: 'square',
  grounding: 'triangle',
  recognition: 'diamond',
};

/** A line per task in a panel of its own, in the colour of the model; layers by their unified index. */
export function swapSeries(
  records: readonly SwapRecord[],
  definition: Definition,
  colour: string,
): readonly LayerSeries[] {
  return changeRates(records, definition).map(({ task, layers, changedBefore, resampled }) => ({
    key: task,
    label: TASK_NAMES[task],
    panel: TASK_NAMES[task],
    colour,
    marker: MARKERS[task],
    points: layers.map(({ layer, rate, interval, n, went }) => ({
      ...{ layer: indexOfRow(layer), value: rate, ...interval, n },
      also: {
        "went to the source's answer": went.source,
        'went elsewhere': went.elsewhere,
        stayed: went.unchanged,
      },
    })),
    also: { 'changed before the swap': changedBefore, resampled },
    pooled: (first, last) => regionRate(records, task, definition, rowOfIndex(first), rowOfIndex(last)),
  }));
}
