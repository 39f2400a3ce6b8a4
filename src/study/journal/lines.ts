/**
 * Lines of a journal's files: `<16 hex digits> <JSON>`, the digits the beginning of a SHA-256 over place and JSON. A line
 * that was cut off, flipped or brought from elsewhere is told from a whole one; a journal only ever grows.
 */
import { joinedBytes } from '../../work/bytes.ts';
import { sha256Hex } from '../../work/sha256.ts';
import { Yielder } from '../../work/turns.ts';
import { NEWLINE } from './storage.ts';

const DIGITS = 16;
const SPACE = 32;
/** Lines whose sums are computed side by side. */
const BATCH = 256;

/** Bytes of one line, and its number from 1. */
export interface LinePlace {
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

/** A whole line. */
export interface Line extends LinePlace {
  readonly value: unknown;
}

export interface ReadLines {
  readonly whole: readonly Line[];
  readonly damaged: readonly LinePlace[];
  /** The last line, where its end is missing: it was cut off while it was written. */
  readonly torn: LinePlace | null;
}

/**
 * One line with its end.
 *
 * @param place the file it is for: a line holds nowhere else
 * @param json what `JSON.stringify` gave
 */
export async function lineOf(place: string, json: string): Promise<string> {
  return `${await sumOf(place, new TextEncoder().encode(json))} ${json}\n`;
}

/** All lines of a file, each checked against its sum; empty ones do not count. */
export async function readLines(place: string, bytes: Uint8Array<ArrayBuffer>): Promise<ReadLines> {
  const whole: Line[] = [];
  const damaged: LinePlace[] = [];
  const places = [...placesIn(bytes)];
  const last = places.at(-1);
  const torn = last && last.end === bytes.length ? last : null;
  const ended = torn ? places.slice(0, -1) : places;
  const yielder = new Yielder();
  for (let first = 0; first < ended.length; first += BATCH) {
    await yielder.pause();
    const batch = ended.slice(first, first + BATCH);
    const values = await Promise.all(
      batch.map(({ start, end }) => valueOf(place, bytes.subarray(start, end))),
    );
    for (const [index, line] of batch.entries()) {
      const value = values[index];
      if (value === undefined) damaged.push(line);
      else whole.push({ ...line, value });
    }
  }
  return { whole, damaged, torn };
}

/** Lines as newlines part them; one that ends where the bytes end has no newline. */
function* placesIn(bytes: Uint8Array): Generator<LinePlace> {
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end > start) yield { start, end, number };
    start = end + 1;
  }
}

/** What a line says, without its end; undefined where it is damaged, or for another file. */
export async function valueOf(place: string, line: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const json = line.subarray(DIGITS + 1);
  if (line[DIGITS] !== SPACE) return undefined;
  if (decoder.decode(line.subarray(0, DIGITS)) !== (await sumOf(place, json))) return undefined;
  try {
    return JSON.parse(decoder.decode(json)) as unknown;
  } catch {
    return undefined;
  }
}

async function sumOf(place: string, json: Uint8Array): Promise<string> {
  const prefix = new TextEncoder().encode(`${place} `);
  return (await sha256Hex(joinedBytes([prefix, json]))).slice(0, DIGITS);
}
