import {
  counts,
  type Metric,
  METRICS,
  type PairOfSettings,
  summarize,
  transitions,
  type TransitionSummary,
} from '../../grading/metrics.ts';
import { holm } from '../../statistics/holm.ts';
import { comparePaired, type PairedComparison } from '../../statistics/paired.ts';
import { type Interval, wilson } from '../../statistics/wilson.ts';
import { type GradedAnswer, isUndecided } from './graded.ts';

/** One cell: a metric of a variant. */
export interface MetricCell {
  readonly metric: Metric;
  readonly experiment: string;
  /** Samples with all their settings answered. */
  readonly n: number;
  readonly hits: number;
  /** hits / n; NaN while n is 0. */
  readonly value: number;
  /** Wilson, 95 %. */
  readonly interval: Interval;
  /** Of experiments with two settings. */
  readonly transitions?: TransitionSummary;
  /** Against the reference variant on the samples both have answered; undefined for the reference itself. */
  readonly against?: PairedComparison & {
    /** Holm's adjustment over all variants of this metric. */
    readonly adjustedP: number;
  };
  readonly samples: readonly SampleOutcome[];
  /** Answers behind it whose verdict took more steps than an answer is worth; they count as not right. */
  readonly undecided: number;
}

/** A sample behind a cell. */
export interface SampleOutcome extends PairOfSettings {
  readonly id: string;
  readonly counts: boolean;
  readonly answers: readonly GradedAnswer[];
}

export interface MetricRow {
  readonly variant: string;
  readonly cells: Readonly<Partial<Record<Metric, MetricCell>>>;
}

/** Variants × metrics with intervals; each compared with `reference` (method §7: IN), pair by pair. */
export function metricTable(graded: readonly GradedAnswer[], reference: string): readonly MetricRow[] {
  const variants = [...new Set(graded.map(({ variant }) => variant))];
  const outcomes = new Map(
    variants.map((variant) => [variant, outcomesOf(graded.filter((answer) => answer.variant === variant))]),
  );
  const rows = variants.map((variant) => ({ variant, cells: {} as Partial<Record<Metric, MetricCell>> }));
  for (const metric of METRICS) {
    const of = (variant: string): Outcomes | undefined => outcomes.get(variant)?.get(metric);
    const base = of(reference);
    const others = variants.filter((variant) => variant !== reference && of(variant) && base);
    const comparisons = new Map(others.map((variant) => [variant, compare(base, of(variant))]));
    const adjusted = holm([...comparisons.values()].map(({ p }) => p));
    for (const row of rows) {
      const own = of(row.variant);
      if (!own) continue;
      const compared = comparisons.get(row.variant);
      const place = [...comparisons.keys()].indexOf(row.variant);
      row.cells[metric] = {
        ...cell(metric, own),
        ...(compared ? { against: { ...compared, adjustedP: adjusted[place] ?? 1 } } : {}),
      };
    }
  }
  return rows;
}

interface Outcomes {
  readonly experiment: string;
  readonly twoSettings: boolean;
  readonly byId: ReadonlyMap<string, SampleOutcome>;
}

/** Samples of one variant by metric; those that lack a setting wait until it is answered. */
function outcomesOf(graded: readonly GradedAnswer[]): ReadonlyMap<Metric, Outcomes> {
  const found = new Map<Metric, Outcomes>();
  for (const metric of METRICS) {
    const own = graded.filter((answer) => answer.metric === metric);
    const [first] = own;
    if (!first) continue;
    const twoSettings = metric !== 'M_rea';
    const grouped = new Map<string, GradedAnswer[]>();
    for (const answer of own) {
      const same = grouped.get(answer.id);
      if (same) same.push(answer);
      else grouped.set(answer.id, [answer]);
    }
    const byId = new Map<string, SampleOutcome>();
    for (const [id, answers] of grouped) {
      const a = answers.find(({ settingIndex }) => settingIndex === 0);
      const b = answers.find(({ settingIndex }) => settingIndex === 1);
      if (!a || (twoSettings && !b)) continue;
      const pair: PairOfSettings = { a: a.correct, b: b?.correct ?? false };
      byId.set(id, { id, ...pair, counts: counts(metric, pair), answers: b ? [a, b] : [a] });
    }
    found.set(metric, { experiment: first.experiment, twoSettings, byId });
  }
  return found;
}

function cell(metric: Metric, { experiment, twoSettings, byId }: Outcomes): MetricCell {
  const samples = [...byId.values()];
  const hits = samples.filter((sample) => sample.counts).length;
  return {
    metric,
    experiment,
    n: samples.length,
    hits,
    value: hits / samples.length,
    interval: wilson(hits, samples.length),
    ...(twoSettings ? { transitions: summarize(transitions(samples)) } : {}),
    samples,
    undecided: samples.reduce((sum, { answers }) => sum + answers.filter(isUndecided).length, 0),
  };
}

function compare(base: Outcomes | undefined, other: Outcomes | undefined): PairedComparison {
  const shared = [...(base?.byId.keys() ?? [])].filter((id) => other?.byId.has(id));
  const of = (outcomes: Outcomes | undefined): boolean[] =>
    shared.map((id) => outcomes?.byId.get(id)?.counts ?? false);
  return comparePaired(of(base), of(other));
}
