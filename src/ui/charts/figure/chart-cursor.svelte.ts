/** The column under pointer or keyboard. Charts that are given the same one read it together. */
export class Highlight<Column = number> {
  index = $state.raw<Column | null>(null);
}

/** The places of a chart that can be read, by the keys of its rows and columns, in the order in which they are drawn. */
export interface CursorGrid<Row, Column> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** Where the keyboard begins; the first column unless told otherwise. */
  readonly start?: Column | undefined;
  /** Down from the last row leads to the first. */
  readonly around?: boolean;
}

const DOWN: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };
const ACROSS: Readonly<Record<string, number>> = {
  ...{ ArrowLeft: -1, ArrowRight: 1 },
  ...{ Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY },
};

/** Where one reads in a chart. */
export class ChartCursor<Row, Column> {
  row = $state.raw<Row | null>(null);
  readonly #grid: () => CursorGrid<Row, Column>;
  readonly #highlight: () => Highlight<Column>;

  /** A cursor with a column of its own, unless one is given. */
  constructor(grid: () => CursorGrid<Row, Column>, highlight?: () => Highlight<Column>) {
    const own = new Highlight<Column>();
    this.#grid = grid;
    this.#highlight = highlight ?? (() => own);
  }

  get column(): Column | null {
    return this.#highlight().index;
  }

  /** The place, where both its row and its column are in the chart. */
  get at(): { row: Row; column: Column } | null {
    const { row, column } = this;
    const { rows, columns } = this.#grid();
    return row !== null && column !== null && rows.includes(row) && columns.includes(column)
      ? { row, column }
      : null;
  }

  /** A column can be read where no row has anything. */
  point(row: Row | null, column: Column): void {
    this.row = row;
    this.#highlight().index = column;
  }

  leave(): void {
    this.row = null;
    this.#highlight().index = null;
  }

  /** Moves by a key; false when the key means nothing here. */
  key(key: string): boolean {
    const { rows, columns, start, around = false } = this.#grid();
    const [down, across] = [DOWN[key], ACROSS[key]];
    if (key === 'Escape' && (this.row !== null || this.column !== null)) {
      this.leave();
      return true;
    }
    const walked = down === undefined ? columns : rows;
    if ((down === undefined && across === undefined) || walked.length === 0) return false;
    const row = this.row === null ? -1 : rows.indexOf(this.row);
    const column = this.column === null ? -1 : columns.indexOf(this.column);
    const first = start === undefined ? 0 : Math.max(0, columns.indexOf(start));
    // The first arrow says where one is; only Home and End lead anywhere from nowhere.
    const by = column >= 0 || !Number.isFinite(across ?? 0) ? (across ?? 0) : 0;
    const to = itemAt(columns, (column < 0 ? first : column) + by);
    const next = row < 0 ? 0 : row + (down ?? 0);
    if (to === null) return false;
    this.point(around ? (rows.at(next % rows.length) ?? null) : itemAt(rows, next), to);
    return true;
  }
}

/** The item at a place of a list, or the one at the end that the place lies beyond; null of an empty list. */
export function itemAt<Item>(list: readonly Item[], at: number): Item | null {
  return list[Math.min(Math.max(at, 0), list.length - 1)] ?? null;
}
