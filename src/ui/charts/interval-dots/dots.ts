import { plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import { cellForm, type DataTable } from '../figure/data-table.ts';
import { textWidth } from '../marks/text-width.ts';

/** A variant: a checkpoint, or a stitch of several. */
export interface DotRow {
  readonly key: string;
  readonly label: string;
  /** Colours of the donors of Early, Mid and Late: one for a whole checkpoint. */
  readonly donors: readonly string[];
  /** What it is a row of, where several belong together: "clock". A rule stands before the first of them. */
  readonly group?: string;
}

/** A metric, with its own axis. */
export interface DotColumn {
  readonly key: string;
  readonly axis: ValueAxis;
  /** The row whose value is drawn through all others: "IN". */
  readonly reference?: string;
}

export interface Dot {
  readonly value: number;
  /** Interval, in the units of the value. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** What the paper printed for this cell. */
  readonly published?: number;
  /** What is said beside the number: "p = 0.03 against IN". */
  readonly note?: string;
}

/** Undefined where nothing was measured yet. */
export type DotCell = (row: string, column: string) => Dot | undefined;

export interface DotPanel {
  readonly column: DotColumn;
  /** Left edge of the row names, edges of the plot, right edge of the numbers. */
  readonly left: number;
  readonly x0: number;
  readonly x1: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Whether the rows are named in this panel. */
  readonly names: boolean;
}

interface DotSize {
  readonly width: number;
  readonly scale: number;
  readonly row: number;
  readonly head: number;
  readonly foot: number;
  /** Of keys, above all panels. */
  readonly above?: number;
  /** Room for the number right of each plot. */
  readonly number: number;
}

/** Narrowest plot that still tells intervals apart, at scale 1. */
const NARROWEST = 120;
const GAP = 28;
/** The little strip of donors before a name. */
export const DONORS = 34;

/** Metrics side by side with the names once at the left; one above the other where that would be too narrow. */
export function dotPanels(
  rows: readonly DotRow[],
  columns: readonly DotColumn[],
  size: DotSize,
): { panels: DotPanel[]; height: number } {
  const { width, scale, above = 0 } = size;
  const names = (Math.max(30, ...rows.map(({ label }) => textWidth(label, 13))) + DONORS + 16) * scale;
  const number = size.number * scale;
  const gap = GAP * scale;
  const body = rows.length * size.row * scale;
  const each = (width - names - gap * (columns.length - 1)) / Math.max(1, columns.length);
  const block = (size.head + size.foot) * scale + body;
  const beside = each - number >= NARROWEST * scale;
  const panels = columns.map((column, i): DotPanel => {
    const x0 = beside ? names + i * (each + gap) : names;
    const right = beside ? x0 + each : width;
    const top = (above + size.head) * scale + (beside ? 0 : i * block);
    const edges = { left: 0, x0, x1: right - number, right, top, bottom: top + body };
    return { column, ...edges, names: !beside || i === 0 };
  });
  return { panels, height: above * scale + (beside ? block : block * columns.length) };
}

/** One row per variant and metric. */
export function dotTable(rows: readonly DotRow[], columns: readonly DotColumn[], cell: DotCell): DataTable {
  const dots = rows.flatMap(({ key, label }) =>
    columns.flatMap(({ key: column, axis }) => {
      const dot = cell(key, column);
      return dot ? [{ label, axis, dot }] : [];
    }),
  );
  return {
    columns: ['variant', 'metric', 'value', 'low', 'high', 'n', 'published', 'note'],
    rows: dots.map(({ label, axis: { title, tabled = (value) => value }, dot }) => {
      const { value, low, high, n, published, note } = dot;
      const numbers = [value, low, high].map(tabled);
      return [label, title, ...numbers, n, published === undefined ? null : tabled(published), note ?? null];
    }),
    texts: dots.map(({ axis: { format = plainNumber }, dot: { value, low, high, published } }) => [
      ...[null, null, ...[value, low, high].map((one) => cellForm(format, one)), null],
      ...[published === undefined ? null : cellForm(format, published), null],
    ]),
  };
}
