/** Every list of questions is read here, whatever its format: rows of one kind come out. */
import { NamedError } from '../../named-error.ts';
import { isRecord } from './cell.ts';
import { readDelimited } from './delimited.ts';
import { type JsonLine, jsonLinesOf } from './json-lines.ts';
import { readParquet } from './parquet.ts';
import { parsePythonJson } from './python-json.ts';

/** What a list may be, for errors and help. */
export const LIST_FORMATS = 'JSONL, Parquet, TSV, CSV or JSON';

/** No text of a browser is longer than 2^29 characters. */
const MOST_TEXT_BYTES = 500_000_000;

const LIST = /\.(?:jsonl|ndjson|parquet|tsv|csv)$/i;

/** The lists among a folder's files, sorted. A `.json` counts where there is nothing else: folders hold others, too. */
export function listsAmong(paths: Iterable<string>): readonly string[] {
  const all = [...paths].sort();
  const lists = all.filter((path) => LIST.test(path));
  return lists.length > 0 ? lists : all.filter((path) => /\.json$/i.test(path));
}

/**
 * The rows of a list. JSON may be one object to a line or one array of objects; both may begin with a byte order mark.
 *
 * @throws NamedError `BadJsonLine`, `BadJson`, `NotUtf8`, `ListTooLarge`, and those of Parquet and of tables
 */
export async function readRows(file: Blob, path: string): Promise<readonly JsonLine[]> {
  if (/\.parquet$/i.test(path)) return readParquet(file, path);
  if (/\.[tc]sv$/i.test(path)) return readDelimited(file, path.toLowerCase());
  const text = await utf8Text(file, path);
  return text.trimStart().startsWith('[') ? rowsOfArray(text, path) : jsonLinesOf(text, path);
}

/** @throws NamedError `ListTooLarge`, `NotUtf8` */
async function utf8Text(file: Blob, path: string): Promise<string> {
  if (file.size > MOST_TEXT_BYTES) {
    const what = `${file.size} bytes of JSON: no text longer than ${MOST_TEXT_BYTES} can be held`;
    throw new NamedError('ListTooLarge', what, { file: path }, 'give it as Parquet or TSV, or in parts');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch (cause) {
    throw new NamedError('NotUtf8', 'the list is not UTF-8', { file: path }, 'save it as UTF-8', { cause });
  }
}

function rowsOfArray(text: string, path: string): readonly JsonLine[] {
  const fail = (what: string, cause?: unknown): NamedError =>
    new NamedError(
      'BadJson',
      what,
      { file: path },
      'give an array of objects, or one object to a line',
      cause === undefined ? {} : { cause },
    );
  let rows: unknown;
  try {
    rows = parsePythonJson(text);
  } catch (cause) {
    throw fail('the list is no JSON', cause);
  }
  return (rows as readonly unknown[]).map((value, index) => {
    if (!isRecord(value)) throw fail(`row ${index + 1} is no object`);
    return { line: index + 1, unit: 'row', value };
  });
}
