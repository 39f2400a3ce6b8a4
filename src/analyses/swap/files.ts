import type { Reads } from '../../engine/protocol/intervention.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { Definition } from '../../probes/answers/judged.ts';
import { changeRates, swapResultLines, swapSummaryFile } from '../../probes/swap/change-rates.ts';
import type { SwapMode } from '../../probes/swap/mode.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import { intervalName } from '../../statistics/interval-kind.ts';
import { jsonLines, jsonText, type ResultFile } from '../result-file.ts';

/** How a token swap was run, beside what its records say. */
export interface SwapFacts {
  /** Of the model (`provenance`). */
  readonly model: object;
  readonly reading: Required<ImageReading>;
  readonly mode: SwapMode;
  /** Written of `single`: from a layer on both readings are one. */
  readonly reads: Reads;
  /** By which `answer_changed` and the rates of the summary are counted; both are written under `frankenscope`. */
  readonly definition: Definition;
  /** What became of a literal <image> before a prompt, and of how many prompts. */
  readonly literalImage: 'strip' | 'keep';
  readonly literalImages: number;
  readonly maxNewTokens: number;
  /** Pairs asked for of each task. */
  readonly samples: number;
  /** Pairs of the tasks that there were to choose from. */
  readonly of: number;
}

/** The reference implementation's two files of a token swap: `layer_swap_results.jsonl`, `layer_swap_summary.json`. */
export function swapFiles(records: readonly SwapRecord[], facts: SwapFacts): readonly ResultFile[] {
  const { model, reading, mode, definition, literalImage, literalImages, maxNewTokens, samples, of } = facts;
  const reads = mode === 'single' ? { reads: facts.reads } : {};
  const rates = { paper: changeRates(records, 'paper'), reference: changeRates(records, 'reference') };
  const lines = records.flatMap((record) => swapResultLines(record, definition));
  return [
    { path: 'layer_swap_results.jsonl', text: jsonLines(lines) },
    {
      path: 'layer_swap_summary.json',
      text: jsonText({
        ...swapSummaryFile(rates[definition], samples),
        frankenscope: {
          ...model,
          ...reading,
          ...{ n: records.length, of, mode, ...reads, definition },
          ...{ literalImage, literalImages, maxNewTokens, intervals: intervalName('wilson'), rates },
        },
      }),
    },
  ];
}
