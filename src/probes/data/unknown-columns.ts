/** What a page asks about a list whose columns it cannot tell apart. */
import type { ErrorName } from '../../error-name.ts';
import { NamedError } from '../../named-error.ts';
import { cellOf, describeCell } from './cell.ts';
import { type AskedRole, choosableColumns, guessColumns } from './column-guess.ts';
import type { ColumnChoice } from './columns.ts';
import type { JsonLine } from './json-lines.ts';

/** What is known of a list's columns: plain data, without its rows. */
export interface ColumnsFound {
  /** Rows of the list. */
  readonly rows: number;
  /** In order, each that any row has. */
  readonly columns: readonly string[];
  /** The same with the members of those that hold objects. */
  readonly choosable: readonly string[];
  readonly guess: Partial<Readonly<Record<AskedRole, string>>>;
  /** Cells of the first rows, as they are shown. */
  readonly shown: readonly (readonly string[])[];
}

/** More are not remembered, nor offered to choose from: names that are data, or a table on its side. */
export const MOST_COLUMNS = 1000;
/** How many rows are shown. */
const SHOWN = 3;
/** Longer texts are cut. */
const SHOWN_CHARACTERS = 80;
/** Columns that an error names. */
const MOST_NAMED = 100;

/** @param some the first rows @param rows how many there are @param columns of all of them */
export function columnsFound(
  some: readonly JsonLine[],
  rows: number,
  columns: readonly string[],
  choice: ColumnChoice,
): ColumnsFound {
  return {
    rows,
    columns,
    choosable: choosableColumns(some, columns).slice(0, MOST_COLUMNS),
    guess: guessColumns(some, choice, columns),
    shown: some.slice(0, SHOWN).map((row) => columns.map((column) => shownCell(cellOf(row, column)))),
  };
}

/** The columns, for an error. */
export function columnList(columns: readonly string[]): string {
  const more = columns.length - MOST_NAMED;
  return columns.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * A row's fields cannot be told: carries what is known of the columns, so that a page can ask. As an error it says what was looked
 * for, in how many rows, and what there is.
 */
export class UnknownColumns extends NamedError {
  /** The list's. */
  readonly path: string;
  /** What is wrong, the columns there are left out. */
  readonly missing: string;
  readonly found: ColumnsFound;
  readonly choice: ColumnChoice;

  /** @param what without the columns: they are added */
  constructor(
    name: ErrorName,
    what: string,
    place: { readonly file: string; readonly field: string },
    from: { readonly found: ColumnsFound; readonly choice: ColumnChoice },
    remedy = `say which columns hold what: --columns ${EXAMPLE}`,
  ) {
    super(name, `${what}; columns: ${columnList(from.found.columns)}`, place, remedy);
    this.path = place.file;
    this.missing = what;
    this.found = from.found;
    this.choice = from.choice;
  }
}

const EXAMPLE = 'question=…,answer=…,image=…,choices=…';

function shownCell(cell: unknown): string {
  return typeof cell === 'string' && cell.length <= SHOWN_CHARACTERS ? cell : describeCell(cell);
}
