import type { DataTable, TableCell } from '../figure/data-table.ts';
import { FACTS, type FigureFacts } from './figure-facts.ts';

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

/**
 * A table as comma-separated values with a header line (RFC 4180, CRLF). The last column, `frankenscope`, holds in its first row, as
 * JSON, where the numbers come from. RFC 4180 knows no comments, and lines that begin with # are rows to Excel, pandas and R unless they are
 * told; a column is read by all, stays with its table when that is saved again, and does not disturb the others.
 */
export function csv({ columns, rows }: DataTable, facts: FigureFacts): string {
  const lines = rows.map((row, i) => [...row, i === 0 ? JSON.stringify(facts) : null]);
  return [[...columns, FACTS], ...lines].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
