import { type Gap, type GapRow, pooledLines, undecidedOf } from '../../evaluation/perception/gap-table.ts';
import { points, pSaid } from '../../number-text.mjs';
import { AS_PERCENT } from '../charts/axis/value-axis.ts';
import type { Dot, DotCell, DotColumn } from '../charts/interval-dots/dots.ts';
import { undecidedNote } from '../evaluation/undecided.ts';

/** Both sides, and what lies between them, with equal axes. */
export const GAP_COLUMNS: readonly DotColumn[] = [
  { key: 'image', axis: { title: 'right by image (%)', domain: [0, 1], ...AS_PERCENT } },
  { key: 'text', axis: { title: 'right by text (%)', domain: [0, 1], ...AS_PERCENT } },
  { key: 'gap', axis: { title: 'text − image (points)', domain: [-1, 1], ...AS_PERCENT, format: points } },
];

/** Kinds of puzzles, then several together: those of a domain where there are others, and all. */
export function gapLines(
  rows: readonly GapRow[],
): readonly { readonly key: string; readonly label: string }[] {
  const families = new Set(rows.flatMap((row) => row.families.map(({ family }) => family)));
  return [
    ...[...families].map((key) => ({ key, label: key.replaceAll('_', ' ') })),
    ...pooledLines(rows).map((key) => ({ key, label: key === 'all' ? 'all' : `all ${key}` })),
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
      const paired = `right by text only ${gained}, by image only ${lost}; ${tests.join(', ')}`;
      return {
        value: delta,
        ...interval,
        n,
        note: [paired, ...undecidedNote(undecidedOf(found))].join('; '),
      };
    }
    const side = column === 'image' ? found.image : found.text;
    const [note] = undecidedNote(side.notDecidedInTime ?? 0);
    return { value: side.value, ...side.interval, n: side.n, ...(note ? { note } : {}) };
  };
}
