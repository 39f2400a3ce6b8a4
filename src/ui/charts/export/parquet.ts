import { parquetWriteBuffer } from 'hyparquet-writer';
import type { DataTable, TableCell } from '../figure/data-table.ts';
import { FACTS, type FigureFacts } from './figure-facts.ts';

/** Readers take columns by their names: of two that are called the same, the second is numbered. */
function numbered(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let at = 2; taken.has(own); at += 1) own = `${name} (${at})`;
    taken.add(own);
    return own;
  });
}

/**
 * A chart's table as Parquet: a column of numbers is DOUBLE, one that has a text is STRING, a value that is not there is null. Key
 * `frankenscope` of the file's metadata says, as JSON, where the numbers come from.
 */
export function parquet({ columns, rows }: DataTable, facts: FigureFacts): ArrayBuffer {
  const names = numbered(columns);
  return parquetWriteBuffer({
    columnData: names.map((name, at) => {
      const cells = rows.map((row): TableCell => row[at] ?? null);
      return cells.some((cell) => typeof cell === 'string')
        ? { name, type: 'STRING' as const, data: cells.map((cell) => (cell === null ? null : String(cell))) }
        : { name, type: 'DOUBLE' as const, data: cells };
    }),
    // They would serve who skips rows of a large file, and cut texts.
    statistics: false,
    kvMetadata: [{ key: FACTS, value: JSON.stringify(facts) }],
    createdBy: `frankenscope version ${facts.version}`,
  });
}
