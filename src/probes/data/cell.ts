/** What a cell of a list may hold. */
import type { JsonLine } from './json-lines.ts';

/** A long cell of a table that is base64: a slice of the file, read when it is asked about. */
export class LongBase64 {
  readonly text: Blob;

  constructor(text: Blob) {
    this.text = text;
  }
}

/** Bytes of a picture where a list is only gone through: nothing is copied. */
export class StoredBytes {
  readonly #bytes: Uint8Array;
  readonly size: number;

  constructor(bytes: Uint8Array, size = bytes.length) {
    this.#bytes = bytes;
    this.size = size;
  }

  async read(): Promise<Blob> {
    return new Blob([Uint8Array.from(this.#bytes)]);
  }

  /** The same to look at, without the bytes. */
  get hull(): StoredBytes {
    return new StoredBytes(new Uint8Array(), this.size);
  }
}

/** Longer texts are cut where a row is only kept to be looked at. */
const LONG_TEXT = 2 ** 14;

/** A cell to look at: what is long is cut, so that it holds on to nothing that was read. */
export function cellHull(value: unknown): unknown {
  // A part of a text holds on to the whole; a clone is a text of its own.
  if (typeof value === 'string') return structuredClone(value.slice(0, LONG_TEXT));
  if (value instanceof StoredBytes) return value.hull;
  if (Array.isArray(value)) return value.map(cellHull);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cellHull(member)]));
}

/** Whether a cell says nothing. Missing numbers of pandas (NaN) say nothing, nor do infinite ones. */
export function isMissing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'number' && !Number.isFinite(value);
}

/** The text of a cell, a number's too; undefined where it holds no text. A list of one text is that text. */
export function cellText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Array.isArray(value) && value.length === 1) return cellText(value[0]);
  // Writers that do not mark text as such (old Impala, some Spark) store its bytes.
  if (value instanceof Uint8Array) return textOfBytes(value);
  return undefined;
}

/** The value in a column; in `a.b` the member `b` of column `a`, unless a column is called `a.b`. */
export function cellOf({ value }: JsonLine, column: string): unknown {
  if (column in value) return value[column];
  let found: unknown = value;
  for (const name of column.split('.')) {
    if (!isRecord(found)) return undefined;
    found = found[name];
  }
  return found;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Blob) &&
    !(value instanceof Date) &&
    !(value instanceof LongBase64) &&
    !(value instanceof StoredBytes)
  );
}

/** What a cell holds, for an error: never "[object Object]". */
export function describeCell(value: unknown): string {
  if (isMissing(value)) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Blob || value instanceof StoredBytes) return `${value.size} bytes`;
  if (value instanceof LongBase64) return `${value.text.size} characters of base64`;
  if (isRecord(value)) return `an object of ${Object.keys(value).join(', ')}`;
  return String(value);
}

function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
