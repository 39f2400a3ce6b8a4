/** Every list of questions is read here, whatever its format: rows of one kind come out. */
import { DelimitedRows } from './delimited.ts';
import { JsonRows } from './json-rows.ts';
import { packedName } from './packed.ts';
import { ParquetRows } from './parquet.ts';
import type { RowReader } from './row-reader.ts';

/** What a list may be, for errors and help. */
export const LIST_FORMATS = 'JSONL, Parquet, TSV, CSV or JSON';

const LIST = /\.(?:jsonl|ndjson|parquet|tsv|csv)$/i;

/**
 * The lists among a folder's files, sorted. A `.json` counts where there is nothing else: folders hold others, too. Compressed ones
 * count where there is none at all, to be refused by name.
 */
export function listsAmong(paths: Iterable<string>): readonly string[] {
  const all = [...paths].sort();
  const isList = (path: string): boolean => LIST.test(path);
  const isJson = (path: string): boolean => /\.json$/i.test(path);
  const isPacked = (path: string): boolean => [isList, isJson].some((is) => is(packedName(path) ?? ''));
  const kinds = [isList, isJson, isPacked];
  return kinds.map((isOne) => all.filter(isOne)).find((lists) => lists.length > 0) ?? [];
}

/** What a list is called: its file's name, without folders and ending. */
export function listName(path: string): string {
  return (path.split('/').at(-1) as string).replace(/\.\w+$/, '');
}

/** The rows of a list; JSON may be one object to a line or one array of objects. Nothing is read yet. */
export function rowsOf(file: Blob, path: string): RowReader {
  if (/\.parquet$/i.test(path)) return new ParquetRows(file, path);
  return /\.[tc]sv$/i.test(path) ? new DelimitedRows(file, path) : new JsonRows(file, path);
}
