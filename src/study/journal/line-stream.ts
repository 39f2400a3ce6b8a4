/** Lines of a file of any size, a piece of it in memory at a time. */
import { joinedBytes } from '../../work/bytes.ts';
import { Yielder } from '../../work/turns.ts';
import { NEWLINE } from './storage.ts';

const PIECE_BYTES = 2 ** 20;
/** Lines that are looked at side by side, and bytes of them. */
const BATCH = 256;
const BATCH_BYTES = 2 ** 20;

/** Bytes `[start, end)` of a file; fewer where it ends before. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;

/** A line without its end. */
export interface StreamedLine {
  /** From 1; empty lines count. */
  readonly number: number;
  /** Null where it is longer than was asked for. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** Bytes of the file up to the next one. */
  readonly behind: number;
}

/** Lines of a file, some at a time; empty ones are left out, and of those that are longer than `longest` bytes nothing is held. */
export async function* lineBatches(
  read: ReadBytes,
  longest: number,
): AsyncGenerator<readonly StreamedLine[]> {
  const yielder = new Yielder();
  let batch: StreamedLine[] = [];
  let bytes = 0;
  for await (const line of streamLines(read, longest)) {
    batch.push(line);
    bytes += line.bytes?.length ?? 0;
    if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
    yield batch;
    await yielder.pause();
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function* streamLines(read: ReadBytes, longest: number): AsyncGenerator<StreamedLine> {
  const line = new OpenLine(longest);
  for (let at = 0, number = 1; ; at += PIECE_BYTES) {
    const piece = await read(at, at + PIECE_BYTES);
    let start = 0;
    for (;;) {
      const newline = piece.indexOf(NEWLINE, start);
      if (newline === -1) break;
      line.add(piece.subarray(start, newline));
      if (line.length > 0) yield { number, bytes: line.bytes(), behind: at + newline + 1 };
      line.clear();
      number += 1;
      start = newline + 1;
    }
    line.add(piece.subarray(start));
    if (piece.length === PIECE_BYTES) continue;
    if (line.length > 0) yield { number, bytes: line.bytes(), behind: at + piece.length };
    return;
  }
}

/** A line whose end is not yet found. */
class OpenLine {
  length = 0;
  readonly #longest: number;
  #parts: Uint8Array<ArrayBuffer>[] = [];

  constructor(longest: number) {
    this.#longest = longest;
  }

  add(part: Uint8Array<ArrayBuffer>): void {
    this.length += part.length;
    if (this.length > this.#longest) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  bytes(): Uint8Array<ArrayBuffer> | null {
    if (this.length > this.#longest) return null;
    const [only, ...others] = this.#parts;
    if (only && others.length === 0) return only;
    return joinedBytes(this.#parts);
  }

  clear(): void {
    this.length = 0;
    this.#parts = [];
  }
}
