import type { DataTable } from '../figure/data-table.ts';

/** Where numbers come from: files, dtype, seed, n, version, adapter. */
export type Provenance = Readonly<Record<string, unknown>>;

interface ChartJson {
  readonly title: string;
  readonly description: string;
  /** "n = 37 of 100 so far". */
  readonly note: string;
  readonly table: DataTable;
  readonly provenance: Provenance | null;
}

/** A chart's numbers, one object per row, with what they mean and where they come from. */
export function chartJson({ title, description, note, table, provenance }: ChartJson): string {
  const rows = table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column, i) => [column, row[i] ?? null])),
  );
  return `${JSON.stringify({ title, description, note, rows, frankenscope: provenance ?? {} }, null, 2)}\n`;
}
