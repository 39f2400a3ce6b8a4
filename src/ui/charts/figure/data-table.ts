import { plainNumber } from '../../../plain-number.mjs';

/** A cell of a chart's table: a number, text, or nothing. */
export type TableCell = number | string | null;

/** The numbers of a chart as rows: what is read without seeing, copied, and exported. */
export interface DataTable {
  /** Column names with their units: "change rate (%)". */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
  /** The rows as sentences and axes have their numbers, where these have a form of their own: "8.3" of 8.333…; null where they have none. */
  readonly texts?: readonly (readonly (string | null)[])[];
}

/** A number in the form of its axis, without the unit, which its column names. */
export function cellForm(format: (value: number) => string, value: number): string {
  return format(value).replace(/ %$/, '');
}

/** A cell of a table as it is read. */
export function shownCell({ rows, texts }: DataTable, row: number, column: number): string {
  return texts?.[row]?.[column] ?? cellText(rows[row]?.[column] ?? null);
}

/** A number for reading: integers whole, others as sentences have them; a true minus. */
export function cellText(cell: TableCell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell).replace('-', '\u2212') : plainNumber(cell);
}
