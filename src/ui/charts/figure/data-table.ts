/** A cell of a chart's table: a number, text, or nothing. */
export type TableCell = number | string | null;

/** The numbers of a chart as rows: what is read without seeing, copied, and exported. */
export interface DataTable {
  /** Column names with their units: "change rate (%)". */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

/** A number for reading: integers whole, others with four significant digits; a true minus. */
export function cellText(cell: TableCell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  const text = Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(4)));
  return text.replace('-', '\u2212');
}
