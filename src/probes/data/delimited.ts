/** CSV and TSV (RFC 4180), read in pieces; long base64 cells stay in the file. */
import { NamedError } from '../../named-error.ts';
import { LongBase64 } from './cell.ts';
import { eachPiece, readBytes, type Reading } from './file-pieces.ts';
import type { JsonLine } from './json-lines.ts';
import { RowIndex } from './row-index.ts';
import type { RowReader, RowVisit } from './row-reader.ts';
import { rowsAt } from './rows-at.ts';
import { notUtf8, utf8Text } from './utf8.ts';

/** Base64 cells from here on are not kept: smaller ones cost no more than a slice of the file. */
const LONG_CELL_BYTES = 2 ** 12;
/** The first row's names stand within so many bytes, or are taken to be parted by commas. */
const HEAD_BYTES = 2 ** 20;

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
 */
export class DelimitedRows implements RowReader {
  readonly #file: Blob;
  readonly #path: string;
  #index = new RowIndex();
  #names: readonly string[] | undefined;
  #delimiter: number = TAB;

  constructor(file: Blob, path: string) {
    this.#file = file;
    this.#path = path;
  }

  get count(): number {
    return this.#index.count;
  }

  /**
   * @throws NamedError `BadTable` (a quote that is not closed, a row with more cells than names, a name twice), `NotUtf8`, those of
   * `eachPiece`
   */
  async each(visit: RowVisit, reading: Reading = {}): Promise<void> {
    const index = (this.#index = new RowIndex());
    this.#names = undefined;
    const from = await markLength(this.#file, this.#path);
    this.#delimiter = /\.tsv$/i.test(this.#path) ? TAB : await delimiterOf(this.#file, from, this.#path);
    await eachPiece(
      this.#file,
      this.#path,
      from,
      async ({ bytes, offset, isLast }) => {
        const next = finderIn(bytes);
        for (let at = 0; at < bytes.length;) {
          const found = rowAt(bytes, at, this.#delimiter, isLast, next);
          if (found === 'unclosed')
            throw bad(`a quote in row ${index.count + 1} is never closed`, this.#path);
          if (found === 'more') return at;
          const [cells, end] = found;
          const start = at;
          at = end;
          if (cells.length === 1 && cells[0]?.start === cells[0]?.end) continue;
          if (!this.#names) {
            const values = cells.map((cell) => this.#cell(bytes, cell, offset, 'the first row'));
            this.#names = namesOf(values, this.#path);
            continue;
          }
          const line = index.count + 1;
          const value = this.#record(bytes, cells, offset, `row ${line}`);
          index.add(offset + start, end - start, line);
          const visited = visit({ line, unit: 'row', value }, line - 1);
          if (visited) await visited;
        }
        return bytes.length;
      },
      reading,
    );
  }

  at(indices: readonly number[], reading?: Pick<Reading, 'signal'>): Promise<readonly JsonLine[]> {
    return rowsAt(
      this.#file,
      this.#path,
      this.#index,
      indices,
      ({ bytes, offset, line }) => {
        const found = rowAt(bytes, 0, this.#delimiter, true, finderIn(bytes));
        const cells = typeof found === 'string' ? [] : found[0];
        return { line, unit: 'row', value: this.#record(bytes, cells, offset, `row ${line}`) };
      },
      reading,
    );
  }

  /** @throws NamedError `BadTable` where there are more cells than names, `NotUtf8` */
  #record(
    bytes: Uint8Array,
    cells: readonly CellRange[],
    offset: number,
    where: string,
  ): Readonly<Record<string, unknown>> {
    const names = this.#names as readonly string[];
    const values = cells.map((cell) => this.#cell(bytes, cell, offset, where));
    if (values.slice(names.length).some((value) => value !== null)) {
      throw bad(
        `${where} has ${values.length} cells, the first row names ${names.length}`,
        this.#path,
        'quote cells that hold the delimiter, as pandas and spreadsheets do',
      );
    }
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
  }

  #cell(bytes: Uint8Array, { start, end, quotes }: CellRange, offset: number, where: string): unknown {
    if (start === end) return null;
    const slice = (from: number, to: number): LongBase64 =>
      new LongBase64(this.#file.slice(offset + from, offset + to));
    if (end - start >= LONG_CELL_BYTES) {
      if (isBase64(bytes, start, end)) return slice(start, end);
      const items = quotes ? undefined : base64Items(bytes, start, end);
      if (items) return items.map(([from, to]) => slice(from, to));
    }
    const text = utf8Text(bytes.subarray(start, end), offset + start, () => where, this.#path);
    // What stands behind a closing quote belongs to the cell, as for pandas.
    return quotes ? text.replace(/"("?)/g, '$1') : text;
  }
}

/** A byte order mark is passed over. @throws NamedError `NotUtf8` where it says UTF-16, as Excel's "Unicode text" is */
async function markLength(file: Blob, path: string): Promise<number> {
  const [a, b, c] = await readBytes(file, 0, Math.min(3, file.size), path);
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw notUtf8('the table is not UTF-8', path);
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

async function delimiterOf(file: Blob, from: number, path: string): Promise<number> {
  const head = await readBytes(file, from, Math.min(file.size, from + HEAD_BYTES), path);
  const lineEnd = head.indexOf(LF);
  const first = new TextDecoder().decode(head.subarray(0, lineEnd < 0 ? head.length : lineEnd));
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

function bad(what: string, path: string, remedy = 'write the table again'): NamedError {
  return new NamedError('BadTable', what, { file: path }, remedy);
}
