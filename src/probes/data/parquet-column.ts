/** One column of a row group, page by page: hyparquet by itself reads a column chunk, which may be most of a file, at once. */
import type { ColumnDecoder, DecodedArray, PageHeader } from 'hyparquet/src/types.js';
import { readBytes } from './file-pieces.ts';
import { checkPageHeader, plainPage, type PlainPage } from './parquet-page.ts';
import type { ParquetTools } from './parquet-tools.ts';

/** Read ahead at once. */
const WINDOW_BYTES = 2 ** 18;
/** Headers have some bytes; with statistics of long texts, some thousand. */
const MOST_HEADER_BYTES = 2 ** 22;
/** Deeper than any column's lists. */
const DEEPEST = 16;

/** Where a column's values lie. */
export interface ColumnPlace {
  readonly decoder: ColumnDecoder;
  /** Bytes of the file. */
  readonly start: number;
  readonly end: number;
  /** A row may have several values, and go on in the next page. */
  readonly repeated: boolean;
  /** Of the row group. */
  readonly rows: number;
}

/** What was found when the column was gone through: where to begin for a row. */
export interface ColumnPages {
  dictionary: number | undefined;
  /** File offsets of the data pages, and how many of the group's rows begin before each. */
  readonly offsets: number[];
  readonly begun: number[];
}

/** Hands out a column's values in the order of its rows. */
export class ColumnCursor {
  readonly #file: Blob;
  readonly #path: string;
  readonly #place: ColumnPlace;
  readonly #tools: ParquetTools;
  readonly #pages: ColumnPages;
  #position: number;
  #window: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer> };
  #dictionary: DecodedArray | undefined;
  /** Decoded rows that were not handed out; of a repeated column the last may go on. */
  #rows: ArrayLike<unknown> = [];
  #handed = 0;
  /** Rows begun before what is buffered. */
  #before = 0;
  #hasEnded = false;

  constructor(
    file: Blob,
    path: string,
    place: ColumnPlace,
    tools: ParquetTools,
    pages: ColumnPages,
    window: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer> },
  ) {
    this.#file = file;
    this.#path = path;
    this.#place = place;
    this.#tools = tools;
    this.#pages = pages;
    this.#position = place.start;
    this.#window = window;
  }

  /** Whole rows at hand. */
  get available(): number {
    const open = this.#place.repeated && !this.#hasEnded ? 1 : 0;
    return Math.max(0, this.#rows.length - this.#handed - open);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The next `count` of the rows at hand. */
  take(count: number): unknown[] {
    const from = this.#handed;
    this.#handed += count;
    const rows = Array.from({ length: count }, (_, index) => this.#rows[from + index]);
    return this.#place.decoder.element.type === 'FLOAT' ? rows.map(shortestSingles) : rows;
  }

  /** Decodes the next page. @throws Error of hyparquet; NamedError `PageTooLarge`, those of `readBytes` */
  async fill(): Promise<void> {
    const { end, repeated, rows, decoder } = this.#place;
    for (;;) {
      const begun = this.#before + this.#rows.length;
      if (this.#position >= end - 1 || (!repeated && begun >= rows)) {
        this.#hasEnded = true;
        return;
      }
      const offset = this.#position;
      const header = await this.#header();
      const body = await this.#page(header);
      const { convert } = this.#tools;
      if (header.type === 'DICTIONARY_PAGE') {
        this.#pages.dictionary = offset;
        const { data } = this.#read(body);
        if (data) this.#dictionary = convert(data, decoder);
        continue;
      }
      if (this.#pages.offsets.at(-1) === undefined || offset > (this.#pages.offsets.at(-1) as number)) {
        this.#pages.offsets.push(offset);
        this.#pages.begun.push(begun);
      }
      const kept = Array.from(
        { length: this.#rows.length - this.#handed },
        (_, index) => this.#rows[this.#handed + index],
      );
      this.#before = begun - kept.length;
      // What is handed to it grows: the last row may go on in this page.
      const goesOn = repeated && kept.length > 0 ? kept : undefined;
      const { data = [] } = this.#read(body, goesOn);
      // Some writers end a column with a page of nothing.
      if (goesOn && data.length > 0) this.#rows = data;
      else this.#rows = kept.length > 0 ? [...kept, ...data] : data;
      this.#handed = 0;
      return;
    }
  }

  /** Goes to a row that comes later, so that it is the next one handed out. */
  async seek(row: number): Promise<void> {
    const { begun, offsets, dictionary } = this.#pages;
    let page = begun.findLastIndex((before) => before <= row);
    // An empty page says nothing: the row begins in the one before it.
    while (page > 0 && begun[page - 1] === begun[page] && begun[page] === row) page -= 1;
    const [next, buffered] = [this.#before + this.#handed, this.#before + this.#rows.length];
    const isHere = row >= next && row < buffered;
    if (!isHere && (row < next || this.#hasEnded || (begun[page] as number) > buffered)) {
      if (dictionary !== undefined && !this.#dictionary) {
        this.#position = dictionary;
        const header = await this.#header();
        const { data } = this.#read(await this.#page(header));
        if (data) this.#dictionary = this.#tools.convert(data, this.#place.decoder);
      }
      this.#position = offsets[page] as number;
      this.#hasEnded = false;
      this.#handed = 0;
      // What goes on from the page before is put aside with this one.
      this.#rows = this.#place.repeated ? [emptyRow()] : [];
      this.#before = (begun[page] as number) - this.#rows.length;
    }
    while (this.#before + this.#rows.length <= row && !this.#hasEnded) {
      this.#handed = Math.max(0, this.#rows.length - (this.#place.repeated ? 1 : 0));
      await this.fill();
    }
    this.#handed = row - this.#before;
    while (this.available === 0 && !this.#hasEnded) await this.fill();
  }

  async #header(): Promise<PageHeader> {
    const left = Math.min(MOST_HEADER_BYTES, this.#place.end - this.#position);
    for (let length = Math.min(left, 2 ** 12); ; length = Math.min(left, length * 8)) {
      const bytes = await this.#bytes(this.#position, length);
      const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
      try {
        const header = this.#tools.parquetHeader(reader);
        this.#position += reader.offset;
        return header;
      } catch (error) {
        // Statistics may make a header long.
        if (length === left) throw error;
      }
    }
  }

  /** The page behind its header. @throws Error; NamedError `PageTooLarge`, those of `readBytes` */
  async #page(header: PageHeader): Promise<PlainPage> {
    checkPageHeader(header, this.#place.decoder, this.#path);
    const bytes = await this.#bytes(this.#position, header.compressed_page_size);
    this.#position += header.compressed_page_size;
    return plainPage(bytes, header, this.#place.decoder, this.#tools);
  }

  #read({ reader, header, decoder }: PlainPage, goesOn?: DecodedArray) {
    return this.#tools.readPage(reader, header, decoder, this.#dictionary, goesOn, 0);
  }

  async #bytes(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const { start: from, bytes } = this.#window;
    if (start >= from && start + length <= from + bytes.length) {
      return bytes.subarray(start - from, start - from + length);
    }
    const end = Math.min(this.#place.end, start + Math.max(length, WINDOW_BYTES));
    this.#window = {
      start,
      bytes: await readBytes(this.#file, start, Math.max(end, start + length), this.#path),
    };
    return this.#window.bytes.subarray(0, length);
  }
}

function emptyRow(): unknown {
  let row: unknown[] = [];
  for (let depth = 0; depth < DEEPEST; depth++) row = [row];
  return row;
}

/** Digits that tell every number of single precision from its neighbours. */
const SINGLE_DIGITS = 9;

/** Numbers of single precision as the shortest decimal that they are nearest to, as writers print them: 0.1, not 0.10000000149011612. */
function shortestSingles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortestSingles);
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  for (let digits = 1; digits < SINGLE_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(SINGLE_DIGITS));
}
