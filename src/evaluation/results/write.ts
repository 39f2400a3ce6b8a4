import { fourDecimals, type Metric, type TransitionSummary } from '../../grading/metrics.ts';
import type { Experiment } from '../experiment.ts';
import type { GradedAnswer } from '../tables/graded.ts';
import type { MetricCell, MetricRow } from '../tables/metric-table.ts';

/** A variant's folder, as the reference names it. */
export function folderName(variant: string): string {
  return variant.replace(/[^a-zA-Z0-9_.-]+/g, '_');
}

/** Files of a transfer result by path, in the reference's layout (results.md); ours is under `frankenscope`. */
export function resultFiles(
  rows: readonly MetricRow[],
  graded: readonly GradedAnswer[],
  experiments: readonly Experiment[],
  provenance: object,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const metrics: Record<string, object> = {};
  for (const { variant, cells } of rows) {
    const row: Partial<Record<Metric, number>> = {};
    for (const experiment of experiments) {
      const { metric } = experiment;
      const cell = metric === 'gap' ? undefined : cells[metric];
      if (!cell || cell.experiment !== experiment.name) continue;
      row[cell.metric] = fourDecimals(cell.value);
      const folder = `${folderName(variant)}/${experiment.name}`;
      files.set(`${folder}/summary.json`, json(summaryOf(variant, experiment, cell)));
      for (const setting of experiment.settings) {
        const own = graded.filter(
          (answer) =>
            answer.variant === variant &&
            answer.experiment === experiment.name &&
            answer.setting === setting.name,
        );
        files.set(`${folder}/${setting.name}.jsonl`, own.map(recordLine).join(''));
      }
    }
    metrics[variant] = row;
  }
  files.set('paper_metrics.json', json({ ...metrics }));
  files.set('frankenscope.json', json({ ...provenance, comparisons: rows.map(comparisons) }));
  return files;
}

function summaryOf(variant: string, experiment: Experiment, cell: MetricCell): object {
  const [a, b] = experiment.settings;
  const ours = { frankenscope: { interval95: cell.interval, ...against(cell) } };
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

function comparisons({ variant, cells }: MetricRow): object {
  return {
    variant,
    ...Object.fromEntries(
      Object.entries(cells).map(([metric, cell]) => [
        metric,
        { value: cell.value, n: cell.n, hits: cell.hits, interval95: cell.interval, ...against(cell) },
      ]),
    ),
  };
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
    correct: answer.correct,
    full_response: answer.response,
    model_type: 'frankenscope',
    model: answer.variant,
    dataset: answer.experiment,
    setting: answer.setting,
    frankenscope: { found: answer.found, rule: answer.rule, tokens: answer.tokens, stop: answer.stop },
    ...(answer.choices ? { choices: answer.choices } : {}),
    ...(answer.category ? { category: answer.category } : {}),
  })}\n`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
