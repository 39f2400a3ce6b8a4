import { fourDecimals, type Metric, type TransitionSummary } from '../../grading/metrics.ts';
import type { Experiment } from '../experiment.ts';
import type { GradedAnswer } from '../tables/graded.ts';
import type { MetricCell, MetricRow } from '../tables/metric-table.ts';
import { pathSegment, variantFolders } from './variant-folders.ts';

/**
 * The text of each file of a result by path, in pieces. Records are written as they are taken, for all of them together may be
 * hundreds of megabytes; files can be gone through as often as one likes.
 */
export type ResultPieces = ReadonlyMap<string, Iterable<string>>;

/** Files of a transfer result by path, in the reference's layout (results.md); ours is under `frankenscope`. */
export function resultPieces(
  rows: readonly MetricRow[],
  graded: readonly GradedAnswer[],
  experiments: readonly Experiment[],
  provenance: object,
): ResultPieces {
  const files = new Map<string, Iterable<string>>();
  const metrics = new Map<string, object>();
  const folders = variantFolders([...rows, ...graded].map(({ variant }) => variant));
  const answersOf = new Map<string, GradedAnswer[]>();
  const keyOf = (variant: string, experiment: string): string => JSON.stringify([variant, experiment]);
  for (const answer of graded) {
    const key = keyOf(answer.variant, answer.experiment);
    const own = answersOf.get(key);
    if (own) own.push(answer);
    else answersOf.set(key, [answer]);
  }
  for (const { name, variant, cells } of rows) {
    const row: Partial<Record<Metric, number>> = {};
    for (const experiment of experiments) {
      const { metric } = experiment;
      const cell = metric === 'gap' ? undefined : cells[metric];
      if (!cell || cell.experiment !== experiment.name) continue;
      row[cell.metric] = fourDecimals(cell.value);
      const folder = `${folders.get(variant)}/${pathSegment(experiment.name)}`;
      files.set(`${folder}/summary.json`, [json(summaryOf(variant, experiment, cell))]);
      const own = answersOf.get(keyOf(variant, experiment.name)) ?? [];
      for (const [path, pieces] of recordPieces(own, folders)) files.set(path, pieces);
    }
    metrics.set(name, row);
  }
  files.set('paper_metrics.json', [json(Object.fromEntries(metrics))]);
  files.set('frankenscope.json', [json({ ...provenance, comparisons: rows.map(comparisons) })]);
  return files;
}

/** Every answer as a record, in `<variant>/<experiment>/<setting>.jsonl`; `folders` as `variantFolders` names them. */
export function recordPieces(
  graded: readonly GradedAnswer[],
  folders = variantFolders(graded.map(({ variant }) => variant)),
): ResultPieces {
  const segments = new Map<string, string>();
  const segment = (name: string): string => {
    const known = segments.get(name) ?? pathSegment(name);
    segments.set(name, known);
    return known;
  };
  const files = new Map<string, GradedAnswer[]>();
  for (const answer of graded) {
    const place = [folders.get(answer.variant) ?? '', answer.experiment, `${answer.setting}.jsonl`];
    const path = place.map(segment).join('/');
    const own = files.get(path);
    if (own) own.push(answer);
    else files.set(path, [answer]);
  }
  return new Map([...files].map(([path, own]) => [path, recordLines(own)]));
}

function recordLines(answers: readonly GradedAnswer[]): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      for (const answer of answers) yield recordLine(answer);
    },
  };
}

function summaryOf(variant: string, experiment: Experiment, cell: MetricCell): object {
  const [a, b] = experiment.settings;
  const ours = { frankenscope: { interval95: cell.interval, ...undecided(cell), ...against(cell) } };
  const about = { experiment: experiment.name, model: variant, description: experiment.description };
  if (!cell.transitions || !b) {
    const acc = fourDecimals(cell.value);
    return { N: cell.n, acc, correct: cell.hits, setting: a.name, ...about, M_rea: acc, ...ours };
  }
  return {
    ...rounded(cell.transitions),
    setting_A: a.name,
    setting_B: b.name,
    ...about,
    [cell.metric]: fourDecimals(cell.value),
    ...ours,
  };
}

function rounded(summary: TransitionSummary): object {
  return Object.fromEntries(Object.entries(summary).map(([name, value]) => [name, fourDecimals(value)]));
}

function comparisons({ variant, experiment, cells }: MetricRow): object {
  return {
    variant,
    ...(experiment === null ? {} : { experiment }),
    ...Object.fromEntries(
      Object.entries(cells).map(([metric, cell]) => [
        metric,
        {
          value: cell.value,
          n: cell.n,
          hits: cell.hits,
          interval95: cell.interval,
          ...undecided(cell),
          ...against(cell),
        },
      ]),
    ),
  };
}

/** How many answers have no verdict; where all have one, nothing. */
function undecided({ undecided: count }: MetricCell): object {
  return count > 0 ? { notDecidedInTime: count } : {};
}

function against({ against: compared }: MetricCell): object {
  if (!compared) return {};
  const { delta, interval, p, adjustedP, gained, lost, n } = compared;
  return {
    againstReference: { delta, interval95: interval, n, gained, lost, mcnemarP: p, holmP: adjustedP },
  };
}

function recordLine(answer: GradedAnswer): string {
  return `${JSON.stringify({
    id: answer.id,
    input_type: answer.input,
    question: answer.question,
    gold_answer: answer.goldAnswer,
    predicted: answer.predicted,
    correct: answer.verdicts ? (answer.verdicts.rule ?? null) : answer.correct,
    ...(answer.verdicts
      ? { correct_gpt: answer.verdicts.judge ?? null, correct_primary: answer.correct }
      : {}),
    full_response: answer.response,
    model_type: 'frankenscope',
    model: answer.variant,
    dataset: answer.experiment,
    setting: answer.setting,
    frankenscope: { found: answer.found, rule: answer.rule, tokens: answer.tokens, stop: answer.stop },
    ...(answer.choices ? { choices: answer.choices } : {}),
    ...(answer.category ? { category: answer.category } : {}),
    ...(answer.domain ? { domain: answer.domain } : {}),
  })}\n`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
