import { plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import { cellForm, type DataTable } from '../figure/data-table.ts';
import type { Layout } from '../figure/plot-size.svelte.ts';
import { BOUNDLESS, fitted } from '../figure/room.ts';
import { textWidth } from '../marks/text-width.ts';
import { t } from '../texts.ts';

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
  /** Its axis' title, in two lines where one is too wide for it. */
  readonly title: readonly string[];
  /** Left edge of the row names, edges of the plot, right edge of the numbers. */
  readonly left: number;
  readonly x0: number;
  readonly x1: number;
  readonly right: number;
  /** Top of what stands above the plot, and of the plot. */
  readonly head: number;
  readonly top: number;
  readonly bottom: number;
  /** Whether the rows are named in this panel. */
  readonly names: boolean;
}

/** Heights are those at scale 1. */
interface DotSize extends Layout {
  readonly head: number;
  readonly foot: number;
  /** Of keys, above all panels. */
  readonly above?: number;
  /** Room for the number right of each plot. */
  readonly number: number;
}

interface DotLayout {
  readonly panels: readonly DotPanel[];
  /** Height of a row, its name included. */
  readonly row: number;
  /** Height of the name of a row above its dots; 0 where names stand left of them. */
  readonly above: number;
  readonly height: number;
}

/** Narrowest plot that still tells intervals apart, at scale 1, and that of one which only compares. */
const NARROWEST = 120;
const NARROWEST_OF_ALL = 44;
const GAP = 28;
/** The gap, the room for numbers, and that for half a tick at the left, where names stand above the dots. */
const NARROW_GAP = 12;
const NARROW_NUMBER = 48;
const EDGE = 6;
/** The little strip of donors before a name. */
export const DONORS = 34;
/** Height of a row, the least, and what a name above the dots takes. */
const ROW = { preferred: 30, least: 18 };
const NAME = 15;
export const TITLE = 15;
const NAMED_ROW = { preferred: 38, least: 27 };

/**
 * Metrics side by side with the names once at the left; one above the other where that leaves too little beside them; where they would then
 * leave the first screen, side by side with the names above the dots. Rows are as high as there is room for.
 */
export function dotPanels(
  rows: readonly DotRow[],
  columns: readonly DotColumn[],
  { width, scale, stretch, room = BOUNDLESS, above = 0, ...size }: DotSize,
): DotLayout {
  const widest = (Math.max(30, ...rows.map(({ label }) => textWidth(label, 13))) + DONORS + 16) * scale;
  const form = (names: number, gap: number, number: number) => {
    const each = (width - names - gap * (columns.length - 1)) / Math.max(1, columns.length);
    return { names, gap, each, number, plot: each - number };
  };
  const left = form(widest, GAP * scale, size.number * scale);
  const over = form(EDGE * scale, NARROW_GAP * scale, NARROW_NUMBER * scale);
  const beside = left.plot >= NARROWEST * scale;
  const stacked =
    above * scale + columns.length * (size.head + size.foot + rows.length * ROW.preferred * stretch) * scale;
  const named =
    !beside && columns.length > 1 && over.plot >= NARROWEST_OF_ALL * scale && stacked > room.first;
  const { names, gap, each, number } = named ? over : left;
  const apart = beside || named;
  const titles = columns.map(({ axis: { title } }) =>
    named && textWidth(title, 13) * scale > each + gap ? title.split(/ (?=\()|(?=（)/) : [title],
  );
  const lines = Math.max(1, ...titles.map(({ length }) => length));
  const head = (size.head + (lines - 1) * TITLE) * scale;
  const ends = head + size.foot * scale;
  const blocks = apart ? 1 : columns.length;
  const block = (row: number) => ends + rows.length * row * scale;
  const { preferred, least } = named ? NAMED_ROW : ROW;
  const keys = above * scale;
  const row = fitted(room, { preferred: preferred * stretch, least }, (high) => keys + blocks * block(high));
  const panels = columns.map((column, i): DotPanel => {
    const x0 = apart ? names + i * (each + gap) : names;
    const right = apart ? x0 + each : width;
    const top = keys + head + (apart ? 0 : i * block(row));
    const bottom = top + rows.length * row * scale;
    const edges = { left: 0, x0, x1: right - number, right, head: top - head, top, bottom };
    return { column, title: titles[i] ?? [], ...edges, names: !apart || i === 0 };
  });
  return { panels, row, above: named ? NAME : 0, height: keys + blocks * block(row) };
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
    columns: [
      ...[t.columns.variant, t.columns.metric, t.columns.value, t.columns.low, t.columns.high],
      ...['n', t.columns.published, t.columns.note],
    ],
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
