/** Change rates per task and layer, with intervals, and the reference implementation's two files. */
import type { LayerRow } from '../../layer-index.ts';
import { bootstrapShare } from '../../statistics/bootstrap.ts';
import type { MeanWithin } from '../../statistics/mean-interval.ts';
import type { Interval } from '../../statistics/wilson.ts';
import { wilson } from '../../statistics/wilson.ts';
import type { Definition, Destination } from '../answers/judged.ts';
import type { Task } from '../task.ts';
import { TASKS } from '../task.ts';
import type { SwapRecord } from './sweep.ts';
import { changedBefore, judgeSwap, truthOf } from './verdict.ts';

export interface LayerRate {
  /** Counted from 0. */
  readonly layer: LayerRow;
  readonly changed: number;
  readonly n: number;
  readonly rate: number;
  /** Wilson, 95 %. */
  readonly interval: Interval;
  readonly went: Readonly<Record<Destination, number>>;
}

export interface TaskRates {
  readonly task: Task;
  readonly n: number;
  readonly layers: readonly LayerRate[];
  /** Pairs whose original answer, unswapped, already meets the definition of "changed". */
  readonly changedBefore: number;
  /** Pairs whose source had another number of image tokens. */
  readonly resampled: number;
}

/** Rates of the tasks that have records, in the tasks' own order. */
export function changeRates(records: readonly SwapRecord[], definition: Definition): readonly TaskRates[] {
  return TASKS.flatMap((task) => {
    const own = records.filter((record) => record.task === task);
    if (own.length === 0) return [];
    const layers = [...new Set(own.flatMap(({ swapped }) => swapped.map(({ layer }) => layer)))];
    return {
      task,
      n: own.length,
      layers: layers.sort((a, b) => a - b).map((layer) => layerRate(own, layer, definition)),
      changedBefore: own.filter((record) => changedBefore(record, definition)).length,
      resampled: own.filter(({ resampled }) => resampled).length,
    };
  });
}

function layerRate(records: readonly SwapRecord[], layer: LayerRow, definition: Definition): LayerRate {
  const verdicts = records.flatMap((record) => {
    const answer = record.swapped.find((swapped) => swapped.layer === layer);
    return answer ? [judgeSwap(record, answer.text, definition)] : [];
  });
  const n = verdicts.length;
  const changed = verdicts.filter((verdict) => verdict.changed).length;
  const to = (where: Destination): number => verdicts.filter(({ went }) => went === where).length;
  return {
    layer,
    changed,
    n,
    rate: changed / n,
    interval: wilson(changed, n),
    went: { unchanged: to('unchanged'), source: to('source'), elsewhere: to('elsewhere') },
  };
}

/**
 * Mean change rate of layers `from` … `to` (counted from 0, both included), with a bootstrap interval over pairs, which knows that a pair's
 * layers are not independent. null where no layer was probed.
 */
export function regionRate(
  records: readonly SwapRecord[],
  task: Task,
  definition: Definition,
  from: number,
  to: number,
): MeanWithin | null {
  return bootstrapShare(
    records.flatMap((record) => {
      const within = record.swapped.filter(({ layer }) => layer >= from && layer <= to);
      if (record.task !== task || within.length === 0) return [];
      const hits = within.filter(({ text }) => judgeSwap(record, text, definition).changed).length;
      return [{ hits, of: within.length }];
    }),
  );
}

/** `layer_swap_summary.json` of the reference implementation. */
export interface SwapSummaryFile {
  readonly tasks: readonly Task[];
  readonly layers: readonly LayerRow[];
  readonly num_samples: number;
  readonly change_rates: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** `numSamples` is the number asked for per task. */
export function swapSummaryFile(rates: readonly TaskRates[], numSamples: number): SwapSummaryFile {
  const layers = new Set(rates.flatMap((task) => task.layers.map(({ layer }) => layer)));
  return {
    tasks: rates.map(({ task }) => task),
    layers: [...layers].sort((a, b) => a - b),
    num_samples: numSamples,
    change_rates: Object.fromEntries(
      rates.map(({ task, layers }) => [
        task,
        Object.fromEntries(layers.map(({ layer, rate }) => [String(layer), rate])),
      ]),
    ),
  };
}

/** A line of `layer_swap_results.jsonl`; our own keys stand under `frankenscope`. */
export interface SwapResultLine {
  readonly task: Task;
  readonly sample_id: string;
  readonly layer: LayerRow;
  readonly original_answer: string;
  readonly swapped_answer: string;
  readonly answer_changed: boolean;
  readonly target_answer: string;
  readonly source_answer: string;
  readonly frankenscope: {
    readonly changed: Readonly<Record<Definition, boolean>>;
    readonly went: Destination;
    readonly resampled: boolean;
    readonly source_own_answer: string | null;
    readonly tokens: number;
    readonly stop: string;
  };
}

/** The lines of one pair; `answer_changed` by `definition`, both definitions under our own keys. */
export function swapResultLines(record: SwapRecord, definition: Definition): readonly SwapResultLine[] {
  const { sourceAnswer } = truthOf(record);
  return record.swapped.map(({ layer, text, tokens, stop }) => {
    const changed = {
      paper: judgeSwap(record, text, 'paper').changed,
      reference: judgeSwap(record, text, 'reference').changed,
    };
    return {
      task: record.task,
      sample_id: record.id,
      layer,
      original_answer: record.original.text,
      swapped_answer: text,
      answer_changed: changed[definition],
      target_answer: record.targetAnswer,
      source_answer: sourceAnswer,
      frankenscope: {
        changed,
        went: judgeSwap(record, text, definition).went,
        resampled: record.resampled,
        source_own_answer: record.source?.text ?? null,
        tokens,
        stop,
      },
    };
  });
}
