import { csv } from '../../charts/export/csv.ts';
import type { FigureFacts } from '../../charts/export/figure-facts.ts';
import type { DataTable } from '../../charts/figure/data-table.ts';

/** An exported table as who opens its CSV has it: rows of texts by the names of their columns. */
export type ExportedRow = Readonly<Record<string, string>>;

/** What a table of a test carries; its numbers do not depend on it. */
const FACTS: FigureFacts = {
  ...{
    analysis: 'test',
    work: 'A table, written and read',
    title: 'A table.',
    measured: 'A table, written and read.',
    definition: 'Numbers as they are.',
  },
  ...{ method: '§1', checkpoints: [], seed: null, dtype: 'f32', device: 'CPU', settings: {}, command: null },
  ...{
    remarks: [],
    n: null,
    interval: null,
    state: '',
    published: [],
    version: '0',
    date: '2026-01-01T00:00:00.000Z',
  },
};

/** Writes a table as CSV and reads it back. */
export function exportedRows(table: DataTable): readonly ExportedRow[] {
  const [head = [], ...rows] = csv(table, FACTS)
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) =>
        field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
      ),
    );
  // A text like a formula has an apostrophe before it, which spreadsheets do not show.
  const shown = (field = ''): string => field.replace(/^'(?=[=+@-])/, '');
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, shown(row[at])])));
}

/** A field as a number; NaN of an empty one. */
export function numberIn(row: ExportedRow | undefined, column: string): number {
  const text = row?.[column] ?? '';
  return text === '' ? NaN : Number(text);
}

/** All numbers of a text, with their signs, in order. */
export function numbersOf(text: string): readonly number[] {
  return [...text.matchAll(/[−+]?\d+(?:\.\d+)?(?:e−?\d+)?/g)].map(([found]) =>
    Number(found.replaceAll('−', '-')),
  );
}
