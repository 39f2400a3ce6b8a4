import type { DataTable } from '../figure/data-table.ts';
import type { FigureFacts } from './figure-facts.ts';

/** A chart's numbers, one object per row, with what they mean and where they come from. */
export function chartJson(table: DataTable, facts: FigureFacts): string {
  const rows = table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column, i) => [column, row[i] ?? null])),
  );
  return `${JSON.stringify({ rows, frankenscope: facts }, null, 2)}\n`;
}
