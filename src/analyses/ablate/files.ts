import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { ablationResultLines, ablationResultsFile, errorRates } from '../../probes/ablation/error-rates.ts';
import type { AblationExperiment } from '../../probes/ablation/experiment.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import { intervalName } from '../../statistics/interval-kind.ts';
import { jsonLines, jsonText, type ResultFile } from '../result-file.ts';

/** How a zero ablation was run, beside what its records say. */
export interface AblationFacts {
  /** What the model is called, and where it comes from (`provenance`, with the seed). */
  readonly model: { readonly name: string; readonly provenance: object };
  readonly reading: Required<ImageReading>;
  readonly experiments: readonly AblationExperiment[];
  /** Name of the list of problems (`listName`), and how many it holds. */
  readonly list: { readonly name: string; readonly count: number };
  readonly maxNewTokens: number;
  /** Undefined: the chat template's own. */
  readonly system?: string | undefined;
  readonly prefix: string;
}

const INTERVALS = `error rates ${intervalName('wilson')}; drops ${intervalName('newcombe')}; tokens ${intervalName('student')}`;

/** The files of a zero ablation: records of the baseline and of each experiment, then `all_results.json`. */
export function* ablationFiles(
  records: readonly AblationRecord[],
  { model, reading, experiments, list, maxNewTokens, system, prefix }: AblationFacts,
): Generator<ResultFile> {
  const asked = { name: model.name, type: system === undefined ? 'base' : 'reasoner' };
  for (const experiment of [null, ...experiments]) {
    const lines = ablationResultLines(records, experiment, asked);
    yield { path: `${experiment?.name ?? 'baseline'}/${list.name}.jsonl`, text: jsonLines(lines) };
  }
  const rates = errorRates(records, experiments);
  yield {
    path: 'all_results.json',
    text: jsonText({
      ...ablationResultsFile(rates),
      frankenscope: {
        ...model.provenance,
        ...reading,
        ...{ n: records.length, of: list.count, maxNewTokens },
        ...(system === undefined ? {} : { system }),
        ...{ prefix, intervals: INTERVALS, rates },
      },
    }),
  };
}
