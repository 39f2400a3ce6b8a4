import { type Gap, type GapRow, pooledLines, undecidedOf } from '../../evaluation/perception/gap-table.ts';
import { points, pSaid } from '../../number-text.mjs';
import { AS_PERCENT } from '../charts/axis/value-axis.ts';
import type { Dot, DotCell, DotColumn } from '../charts/interval-dots/dots.ts';
import { t as evaluated } from '../evaluation/texts.ts';
import { undecidedNote } from '../evaluation/undecided.ts';
import { t } from './texts.ts';

/** Both sides, and what lies between them, with equal axes. */
export const gapColumns = (): readonly DotColumn[] => [
  { key: 'image', axis: { title: t.chart.byImage, domain: [0, 1], ...AS_PERCENT } },
  { key: 'text', axis: { title: t.chart.byText, domain: [0, 1], ...AS_PERCENT } },
  { key: 'gap', axis: { title: t.chart.gap, domain: [-1, 1], ...AS_PERCENT, format: points } },
];

/** Kinds of puzzles, then several together: those of a domain where there are others, and all. */
export function gapLines(
  rows: readonly GapRow[],
): readonly { readonly key: string; readonly label: string }[] {
  const families = new Set(rows.flatMap((row) => row.families.map(({ family }) => family)));
  return [
    ...[...families].map((key) => ({ key, label: key.replaceAll('_', ' ') })),
    ...pooledLines(rows).map((key) => ({ key, label: key === 'all' ? t.chart.all : t.chart.allOf(key) })),
  ];
}

/** Of a row's key, `IN/clock`, the gap. */
function gapOf(rows: readonly GapRow[], key: string): (Gap & { readonly adjustedP?: number }) | undefined {
  const [variant, name = ''] = key.split('/');
  const row = rows.find((one) => one.variant === variant);
  return row?.families.find(({ family }) => family === name) ?? row?.pooled[name];
}

/** The cells of a table, by rows such as `IN/clock`. */
export function gapDots(rows: readonly GapRow[]): DotCell {
  return (row, column): Dot | undefined => {
    const found = gapOf(rows, row);
    if (!found || found.gap.n === 0) return undefined;
    if (column === 'gap') {
      const { delta, interval, n, p, gained, lost } = found.gap;
      const tests = [
        `McNemar ${pSaid(p)}`,
        ...(found.adjustedP === undefined ? [] : [`Holm ${pSaid(found.adjustedP)}`]),
      ];
      const paired = t.chart.paired(gained, lost, tests.join(', '));
      return {
        value: delta,
        ...interval,
        n,
        note: evaluated.notes([paired, ...undecidedNote(undecidedOf(found))]),
      };
    }
    const side = column === 'image' ? found.image : found.text;
    const [note] = undecidedNote(side.notDecidedInTime ?? 0);
    return { value: side.value, ...side.interval, n: side.n, ...(note ? { note } : {}) };
  };
}
