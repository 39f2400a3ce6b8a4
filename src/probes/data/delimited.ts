/** CSV and TSV (RFC 4180), read in pieces; long base64 cells stay in the file. */
import { NamedError } from '../../named-error.ts';
import { LongBase64 } from './cell.ts';
import type { JsonLine } from './json-lines.ts';

/** Read at once: some milliseconds' work, so that a page stays awake. A row may be longer. */
const PIECE_BYTES = 2 ** 21;
/** No row of questions is longer; a quote that is never closed would take in all that follows. */
const MOST_ROW_BYTES = 2 ** 27;
/** Base64 cells from here on are not kept: smaller ones cost no more than a slice of the file. */
const LONG_CELL_BYTES = 2 ** 12;

const [TAB, LF, CR, QUOTE] = [0x09, 0x0a, 0x0d, 0x22];

/** A cell's bytes within the piece, without its quotes. */
interface CellRange {
  readonly start: number;
  readonly end: number;
  /** It holds `""`, or something behind its closing quote. */
  readonly quotes: boolean;
}

/**
 * Rows of a table as the lines of a JSON-lines file would be, by its first row's names. Empty cells are null, as pandas
 * writes missing values; all others are texts ("None", "NA" too). Cells may be quoted and hold line ends. Rows shorter
 * than the first lack their last cells. A CSV whose first row has no comma may have semicolons or tabs.
 *
 * @throws NamedError `BadTable` (a quote that is not closed, a row with more cells than names, a name twice), `NotUtf8`
 */
export async function readDelimited(
  file: Blob,
  path: string,
  pieceBytes = PIECE_BYTES,
): Promise<readonly JsonLine[]> {
  const rows: JsonLine[] = [];
  let names: readonly string[] | undefined;
  let delimiter = path.endsWith('.tsv') ? TAB : undefined;
  let rest = new Uint8Array();
  let offset = await markLength(file, path);
  while (offset + rest.length < file.size) {
    const from = offset + rest.length;
    const piece = joined(rest, new Uint8Array(await file.slice(from, from + pieceBytes).arrayBuffer()));
    const isLast = offset + piece.length >= file.size;
    delimiter ??= delimiterOf(piece);
    const next = finderIn(piece);
    let at = 0;
    while (at < piece.length) {
      const found = rowAt(piece, at, delimiter, isLast, next);
      if (found === 'unclosed') throw bad(`a quote in row ${rows.length + 1} is never closed`, path);
      if (found === 'more') break;
      const [cells, end] = found;
      at = end;
      if (cells.length === 1 && cells[0]?.start === cells[0]?.end) continue;
      const where = names ? `row ${rows.length + 1}` : 'the first row';
      const values = cells.map((cell) => cellValue(piece, cell, file, offset, path, where));
      if (names)
        rows.push({ line: rows.length + 1, unit: 'row', value: recordOf(names, values, path, where) });
      else names = namesOf(values, path);
    }
    rest = piece.subarray(at);
    offset += at;
    if (rest.length > MOST_ROW_BYTES) throw bad(`row ${rows.length + 1} is longer than 128 MiB`, path);
  }
  return rows;
}

/** A byte order mark is passed over. @throws NamedError `NotUtf8` where it says UTF-16, as Excel's "Unicode text" is */
async function markLength(file: Blob, path: string): Promise<number> {
  const [a, b, c] = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw notUtf8('the table', path);
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

function delimiterOf(piece: Uint8Array): number {
  const lineEnd = piece.indexOf(LF);
  const first = new TextDecoder().decode(piece.subarray(0, lineEnd < 0 ? piece.length : lineEnd));
  const found = [',', ';', '\t'].find((mark) => first.includes(mark)) ?? ',';
  return found.charCodeAt(0);
}

/** The cells of the row at `at` and where the next begins; `more` where the piece ends before the row does. */
function rowAt(
  bytes: Uint8Array,
  at: number,
  delimiter: number,
  isLast: boolean,
  next: (byte: number, from: number) => number,
): readonly [readonly CellRange[], number] | 'more' | 'unclosed' {
  const cells: CellRange[] = [];
  for (;;) {
    const quoted = bytes[at] === QUOTE;
    let start = at;
    let quotes = false;
    if (quoted) {
      start += 1;
      at = bytes.indexOf(QUOTE, start);
      while (at >= 0 && bytes[at + 1] === QUOTE) {
        quotes = true;
        at = bytes.indexOf(QUOTE, at + 2);
      }
      if (at < 0) return isLast ? 'unclosed' : 'more';
      // Whether a quote at the piece's end is doubled stands in the next.
      if (at + 1 >= bytes.length && !isLast) return 'more';
    }
    let end = at;
    if (quoted) at += 1;
    at = Math.min(next(delimiter, at), next(LF, at), next(CR, at));
    if (!quoted || at > end + 1) {
      quotes ||= quoted;
      end = at;
    }
    cells.push({ start, end, quotes });
    if (at >= bytes.length) return isLast ? [cells, at] : 'more';
    if (bytes[at] === delimiter) {
      at += 1;
      continue;
    }
    if (bytes[at] === CR && at + 1 >= bytes.length && !isLast) return 'more';
    return [cells, at + (bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1)];
  }
}

/** Finds where a byte next stands; the end where it does not. Each is looked for once, as long as places only grow. */
function finderIn(bytes: Uint8Array): (byte: number, from: number) => number {
  const found = new Map<number, number>();
  return (byte, from) => {
    const known = found.get(byte);
    if (known !== undefined && known >= from) return known;
    const at = bytes.indexOf(byte, from);
    const place = at < 0 ? bytes.length : at;
    found.set(byte, place);
    return place;
  };
}

function cellValue(
  bytes: Uint8Array,
  { start, end, quotes }: CellRange,
  file: Blob,
  offset: number,
  path: string,
  where: string,
): unknown {
  if (start === end) return null;
  const slice = (from: number, to: number): LongBase64 =>
    new LongBase64(file.slice(offset + from, offset + to));
  if (end - start >= LONG_CELL_BYTES) {
    if (isBase64(bytes, start, end)) return slice(start, end);
    const items = quotes ? undefined : base64Items(bytes, start, end);
    if (items) return items.map(([from, to]) => slice(from, to));
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end));
  } catch {
    throw notUtf8(where, path);
  }
  // What stands behind a closing quote belongs to the cell, as for pandas.
  return quotes ? text.replace(/"("?)/g, '$1') : text;
}

function isBase64(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (BASE64[bytes[at] as number] === 0) return false;
  return true;
}

const BASE64 = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9+/=]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** `['…', '…']` of base64: several pictures, as VLMEvalKit writes them. */
function base64Items(
  bytes: Uint8Array,
  start: number,
  end: number,
): (readonly [number, number])[] | undefined {
  if (bytes[start] !== 0x5b || bytes[end - 1] !== 0x5d) return undefined;
  const items: (readonly [number, number])[] = [];
  for (let at = start + 1; at < end - 1;) {
    if (BASE64[bytes[at] as number] === 0) {
      if (!`'", `.includes(String.fromCharCode(bytes[at] as number))) return undefined;
      at += 1;
      continue;
    }
    const from = at;
    while (BASE64[bytes[at] as number] === 1) at += 1;
    items.push([from, at]);
  }
  return items;
}

function namesOf(values: readonly unknown[], path: string): readonly string[] {
  // pandas writes its index under no name, and reads it so.
  const names = values.map((value, index) => (typeof value === 'string' ? value : `Unnamed: ${index}`));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw bad(`two columns are called ${twice}`, path, 'give each column its own name');
  return names;
}

/** @throws NamedError `BadTable` where there are more cells than names */
function recordOf(
  names: readonly string[],
  values: readonly unknown[],
  path: string,
  where: string,
): Readonly<Record<string, unknown>> {
  if (values.slice(names.length).some((value) => value !== null)) {
    throw bad(
      `${where} has ${values.length} cells, the first row names ${names.length}`,
      path,
      'quote cells that hold the delimiter, as pandas and spreadsheets do',
    );
  }
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function bad(what: string, path: string, remedy = 'write the table again'): NamedError {
  return new NamedError('BadTable', what, { file: path }, remedy);
}

function notUtf8(where: string, path: string): NamedError {
  return new NamedError('NotUtf8', `${where} is not UTF-8`, { file: path }, 'save it as UTF-8 (CSV UTF-8)');
}
