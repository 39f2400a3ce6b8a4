import { comparisonText } from '../../analyses/wording.mjs';
import type { MetricRow } from '../../evaluation/tables/metric-table.ts';
import { METRICS, type Metric } from '../../grading/metrics.ts';
import type { Dot, DotCell, DotColumn } from '../charts/interval-dots/dots.ts';
import { AS_PERCENT } from '../charts/axis/value-axis.ts';
import { t } from './texts.ts';
import { undecidedNote } from './undecided.ts';

const TITLES: Readonly<Record<Metric, string>> = {
  M_vis: 'M_vis (%)',
  M_v2r: 'M_v2r (%)',
  M_rea: 'M_rea (%)',
};

/** The three metrics as columns with equal axes, of all that a share can be; the reference's value is drawn through the others. */
export function metricColumns(reference: string): readonly DotColumn[] {
  return METRICS.map((key) => ({
    key,
    axis: { title: TITLES[key], domain: [0, 1], ...AS_PERCENT },
    reference,
  }));
}

/** Cells of a table, with what the paper printed beside them. */
export function metricDots(
  rows: readonly MetricRow[],
  reference: string,
  published: (variant: string, metric: Metric) => number | undefined = () => undefined,
): DotCell {
  return (name, column): Dot | undefined => {
    const metric = METRICS.find((one) => one === column);
    const row = rows.find((one) => one.name === name);
    const cell = metric && row?.cells[metric];
    if (!metric || !cell || cell.n === 0) return undefined;
    const printed = published(row.variant, metric);
    const notes = [
      ...(cell.against ? [comparisonText(cell.against, reference)] : []),
      ...undecidedNote(cell.undecided),
    ];
    return {
      value: cell.value,
      low: cell.interval.low,
      high: cell.interval.high,
      n: cell.n,
      ...(printed === undefined ? {} : { published: printed }),
      ...(notes.length > 0 ? { note: t.notes(notes) } : {}),
    };
  };
}
