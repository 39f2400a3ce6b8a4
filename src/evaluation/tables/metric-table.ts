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
  /** Unlike that of every other row: the variant, with the experiment where it has a row of its own. */
  readonly name: string;
  readonly variant: string;
  /** One of several that measure the same metric; null: of each metric the only one. */
  readonly experiment: string | null;
  readonly cells: Readonly<Partial<Record<Metric, MetricCell>>>;
}

/**
 * Variants × metrics with intervals; each compared with `reference` (docs/method.md §7.2: IN), pair by pair. Where several
 * experiments measure one metric, each has a row of its own: samples of two sets are never pooled, nor compared.
 */
export function metricTable(graded: readonly GradedAnswer[], reference: string): readonly MetricRow[] {
  const variants = [...new Set(graded.map(({ variant }) => variant))];
  const experiments = new Map(METRICS.map((metric) => [metric, experimentsOf(graded, metric)]));
  const ownRows = [...experiments.values()].flatMap((names) => (names.length > 1 ? names : []));
  const taken = new Set(variants);
  const rows = variants.flatMap((variant) =>
    [null, ...ownRows].map((experiment) => ({
      name: experiment === null ? variant : freeName(`${variant}, ${experiment}`, taken),
      ...{ variant, experiment, cells: {} as Partial<Record<Metric, MetricCell>> },
    })),
  );
  const rowOf = new Map(rows.map((row) => [keyOf(row.variant, row.experiment), row]));
  for (const [metric, names] of experiments) {
    for (const experiment of names) {
      const outcomes = outcomesOf(graded, metric, experiment);
      const base = outcomes.get(reference);
      const others = [...outcomes].filter(([variant]) => variant !== reference && base);
      const comparisons = others.map(([variant, own]) => [variant, compare(base, own)] as const);
      const adjusted = holm(comparisons.map(([, { p }]) => p));
      const against = new Map(
        comparisons.map(([variant, own], place) => [variant, { ...own, adjustedP: adjusted[place] ?? 1 }]),
      );
      for (const [variant, own] of outcomes) {
        const row = rowOf.get(keyOf(variant, names.length > 1 ? experiment : null));
        const compared = against.get(variant);
        if (row) row.cells[metric] = { ...cell(metric, own), ...(compared ? { against: compared } : {}) };
      }
    }
  }
  const isFilled = ({ cells }: MetricRow): boolean => Object.keys(cells).length > 0;
  const known = new Set(rows.filter(isFilled).map(({ variant }) => variant));
  // A variant of which nothing is known has a row all the same.
  return rows.filter((row) => isFilled(row) || (row.experiment === null && !known.has(row.variant)));
}

function keyOf(variant: string, experiment: string | null): string {
  return JSON.stringify([variant, experiment]);
}

/** A variant may be called as the row of another's experiment is. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free += '’';
  taken.add(free);
  return free;
}

/** Those that measure a metric, in the order in which they come. */
function experimentsOf(graded: readonly GradedAnswer[], metric: Metric): readonly string[] {
  return [...new Set(graded.flatMap((answer) => (answer.metric === metric ? [answer.experiment] : [])))];
}

interface Outcomes {
  readonly experiment: string;
  readonly twoSettings: boolean;
  readonly byId: ReadonlyMap<string, SampleOutcome>;
}

/** Samples of one experiment by variant; those that lack a setting wait until it is answered. */
function outcomesOf(
  graded: readonly GradedAnswer[],
  metric: Metric,
  experiment: string,
): ReadonlyMap<string, Outcomes> {
  const twoSettings = metric !== 'M_rea';
  const grouped = new Map<string, Map<string, GradedAnswer[]>>();
  for (const answer of graded) {
    if (answer.metric !== metric || answer.experiment !== experiment) continue;
    const samples = grouped.get(answer.variant) ?? new Map<string, GradedAnswer[]>();
    grouped.set(answer.variant, samples);
    const same = samples.get(answer.id);
    if (same) same.push(answer);
    else samples.set(answer.id, [answer]);
  }
  const found = new Map<string, Outcomes>();
  for (const [variant, samples] of grouped) {
    const byId = new Map<string, SampleOutcome>();
    for (const [id, answers] of samples) {
      const a = answers.find(({ settingIndex }) => settingIndex === 0);
      const b = answers.find(({ settingIndex }) => settingIndex === 1);
      if (!a || (twoSettings && !b)) continue;
      const pair: PairOfSettings = { a: a.correct, b: b?.correct ?? false };
      byId.set(id, { id, ...pair, counts: counts(metric, pair), answers: b ? [a, b] : [a] });
    }
    found.set(variant, { experiment, twoSettings, byId });
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
