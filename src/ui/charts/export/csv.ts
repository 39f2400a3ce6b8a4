import type { DataTable, TableCell } from '../figure/data-table.ts';

/** How a text begins that a spreadsheet would carry out as a formula; some take the wide signs of East Asian keyboards, too. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * A field as RFC 4180 has it; numbers keep every digit. Texts come from names of folders and tasks: one that begins like a
 * formula gets an apostrophe before it, by which spreadsheets know text.
 */
function field(cell: TableCell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as comma-separated values with a header line (RFC 4180, CRLF). */
export function csv({ columns, rows }: DataTable): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
