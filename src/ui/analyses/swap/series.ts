import { indexOfRow, rowOfIndex } from '../../../layer-index.ts';
import type { Definition } from '../../../probes/answers/judged.ts';
import type { SwapRecord } from '../../../probes/swap/sweep.ts';
import { changeRates, regionRate } from '../../../probes/swap/change-rates.ts';
import { type Task, TASKS } from '../../../probes/task.ts';
import type { LayerSeries, Published } from '../../charts/layer-lines/series.ts';
import type { MarkerShape } from '../../charts/marks/markers.ts';
import { en, t } from './texts.ts';

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
    label: t.tasks[task],
    panel: t.tasks[task],
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

/** Marks of tasks by their English names, in the panels as these are called now. */
export function inPanels(marks: readonly Published[]): readonly Published[] {
  const task = (panel: string | undefined) => TASKS.find((one) => en.tasks[one] === panel);
  return marks.map((mark) => {
    const of = task(mark.panel);
    return of ? { ...mark, panel: t.tasks[of] } : mark;
  });
}
