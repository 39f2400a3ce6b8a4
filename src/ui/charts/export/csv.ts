import type { DataTable, TableCell } from '../figure/data-table.ts';

/** A field as RFC 4180 has it; numbers keep every digit. */
function field(cell: TableCell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as comma-separated values with a header line (RFC 4180, CRLF). */
export function csv({ columns, rows }: DataTable): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
