/** Error rates per experiment, what they do to the answers' form, and the reference implementation's files. */
import type { LayerRow } from '../../layer-index.ts';
import { bootstrapShare } from '../../statistics/bootstrap.ts';
import type { MeanWithin } from '../../statistics/mean-interval.ts';
import type { PairedComparison } from '../../statistics/paired.ts';
import { comparePaired } from '../../statistics/paired.ts';
import { studentMean } from '../../statistics/student.ts';
import type { Interval } from '../../statistics/wilson.ts';
import { wilson } from '../../statistics/wilson.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import type { FinishedAnswer } from '../finished-answer.ts';
import { type AblationExperiment, ablateLayer } from './experiment.ts';
import { type GradedResponse, gradeOf } from './grade.ts';
import type { AblationRecord } from './sweep.ts';

export interface ErrorRate {
  readonly experiment: string;
  /** −1 for the baseline. */
  readonly layer: LayerRow;
  readonly part: AblationExperiment['part'] | 'none';
  readonly correct: number;
  readonly n: number;
  readonly errorRate: number;
  /** Of the error rate: Wilson, 95 %. */
  readonly interval: Interval;
  /** Against the baseline, problem by problem: what of accuracy was lost. null for the baseline itself. */
  readonly drop: PairedComparison | null;
  readonly form: AnswerForms;
}

/** What became of the answers' length and format. */
export interface AnswerForms {
  readonly meanTokens: number;
  /** Of their mean: Student, 95 %; null where nothing tells how they spread. */
  readonly tokensInterval: Interval | null;
  /** Shares of responses. */
  readonly cutOff: number;
  readonly withAnswerTag: number;
  readonly withThought: number;
  readonly empty: number;
}

/** One entry for the baseline and one for each experiment that any record has. */
export function errorRates(
  records: readonly AblationRecord[],
  experiments: readonly AblationExperiment[],
): readonly ErrorRate[] {
  if (records.length === 0) return [];
  const baseline = records.map((record) => gradeOf(record, record.baseline));
  const rate = (
    experiment: string,
    layer: LayerRow,
    part: ErrorRate['part'],
    said: readonly FinishedAnswer[],
    grades: readonly GradedResponse[],
    before: readonly boolean[] | null,
  ): ErrorRate => {
    const correct = grades.map((one) => one.correct);
    const n = correct.length;
    const right = correct.filter(Boolean).length;
    return {
      experiment,
      layer,
      part,
      correct: right,
      n,
      errorRate: (n - right) / n,
      interval: wilson(n - right, n),
      drop: before ? comparePaired(before, correct) : null,
      form: formsOf(said, grades),
    };
  };
  const plain = records.map((record) => record.baseline);
  return [
    rate('baseline', -1, 'none', plain, baseline, null),
    ...experiments.flatMap(({ name, layer, part }) => {
      const rows = records.flatMap((record, index) => {
        const said = record.ablated.find(({ experiment }) => experiment === name);
        return said
          ? [{ said, before: baseline[index]?.correct === true, grade: gradeOf(record, said) }]
          : [];
      });
      if (rows.length === 0) return [];
      const [said, grades, before] = [
        rows.map((row) => row.said),
        rows.map((row) => row.grade),
        rows.map((row) => row.before),
      ];
      return [rate(name, layer, part, said, grades, before)];
    }),
  ];
}

/**
 * Mean error rate of the layers `from` … `to` (counted from 0, both included) where `part` of one after the other is left out, with a
 * bootstrap interval over problems. null where none was.
 */
export function regionErrorRate(
  records: readonly AblationRecord[],
  part: AblationExperiment['part'],
  from: LayerRow,
  to: LayerRow,
): MeanWithin | null {
  const names = new Set(
    Array.from({ length: to - from + 1 }, (_, index) => ablateLayer(from + index, part).name),
  );
  return bootstrapShare(
    records.flatMap((record) => {
      const within = record.ablated.filter(({ experiment }) => names.has(experiment));
      if (within.length === 0) return [];
      return [{ hits: within.filter((said) => !gradeOf(record, said).correct).length, of: within.length }];
    }),
  );
}

function formsOf(said: readonly FinishedAnswer[], grades: readonly GradedResponse[]): AnswerForms {
  const share = (holds: (one: FinishedAnswer) => boolean): number => said.filter(holds).length / said.length;
  const tagged = (tag: 'withAnswerTag' | 'withThought'): number =>
    grades.filter((grade) => grade[tag]).length / grades.length;
  const tokens = studentMean(
    said.map((one) => one.tokens),
    { low: 0 },
  );
  return {
    meanTokens: tokens?.mean ?? 0,
    tokensInterval: tokens?.interval ?? null,
    cutOff: share(({ stop }) => stop === 'length'),
    withAnswerTag: tagged('withAnswerTag'),
    withThought: tagged('withThought'),
    empty: share(({ text }) => text.trim() === ''),
  };
}

/** An entry of `all_results.json`. */
export interface AblationSummary {
  readonly experiment: string;
  readonly ablated_layer: LayerRow;
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
}

/** `all_results.json` of the reference implementation: experiments by name, accuracies to four decimals. */
export function ablationResultsFile(rates: readonly ErrorRate[]): Readonly<Record<string, AblationSummary>> {
  return Object.fromEntries(
    rates.map(({ experiment, layer, correct, n }) => [
      experiment,
      {
        experiment,
        ablated_layer: layer,
        accuracy: Math.round((1e4 * correct) / n) / 1e4,
        correct,
        total: n,
      },
    ]),
  );
}

/** A line of `<experiment>/<dataset>.jsonl`. */
export interface AblationResultLine {
  readonly id: string;
  readonly question: string;
  readonly gold_answer: string;
  readonly predicted: string;
  readonly correct: boolean;
  readonly full_response: string;
  readonly model_type: string;
  readonly model: string;
  readonly ablation: string;
  readonly ablated_layer: LayerRow;
  /** Only where the rules found no verdict: `not decided in time`. */
  readonly rule?: typeof NOT_DECIDED;
}

/** The lines of one experiment, in the records' order. */
export function ablationResultLines(
  records: readonly AblationRecord[],
  experiment: Pick<AblationExperiment, 'name' | 'layer'> | null,
  model: { readonly name: string; readonly type: string },
): readonly AblationResultLine[] {
  const name = experiment?.name ?? 'baseline';
  return records.flatMap((record) => {
    const said = experiment
      ? record.ablated.find((one) => one.experiment === experiment.name)
      : record.baseline;
    if (!said) return [];
    const { predicted, correct, undecided } = gradeOf(record, said);
    return {
      id: record.id,
      question: record.question,
      gold_answer: record.answer,
      predicted,
      correct,
      full_response: said.text,
      model_type: model.type,
      model: model.name,
      ablation: name,
      ablated_layer: experiment?.layer ?? -1,
      ...(undecided ? { rule: NOT_DECIDED } : {}),
    };
  });
}
