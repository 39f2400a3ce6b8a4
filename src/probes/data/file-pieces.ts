/** Lists stay on disk: they are read in pieces, and a row is read again where it is asked for. */
import { readRange } from '../../checkpoint/byte-source.ts';
import { NamedError } from '../../named-error.ts';
import { joinedBytes } from '../../work/bytes.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/** How a file is gone through. */
export interface Reading {
  /** Ends it with a NamedError `Cancelled`. */
  readonly signal?: AbortSignal;
  /** Told after each piece: bytes of this file that are done. */
  onBytes?(done: number): void;
  /** Bytes read at once; tests make it small. */
  readonly pieceBytes?: number;
}

/** How the lists of a folder are gone through. */
export interface FolderReading extends Omit<Reading, 'onBytes'> {
  /** Bytes of all lists together. */
  onBytes?(done: number, total: number): void;
}

/** Read at once: some milliseconds' work. A row may be longer. */
const PIECE_BYTES = 2 ** 21;
/**
 * No row of questions is longer; a quote or a line that never ends would take in all that follows. A row of 100 MB takes 180 MB of
 * heap while it is read (large-lists.e2e.ts), and no list may take 200.
 */
export const MOST_ROW_BYTES = 96 * 2 ** 20;

/** Bytes of a file that were read together. */
export interface FilePiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where they stand in the file. */
  readonly offset: number;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/** The bytes `[start, end)` of a list. @throws NamedError `FileUnreadable`, `FileChanged` */
export function readBytes(
  file: Blob,
  start: number,
  end: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = {
    name: path,
    size: file.size,
    slice: (from: number, to: number): Blob => file.slice(from, to),
  };
  return readRange(source, start, end, { file: path });
}

/**
 * A file in pieces, each begun where the one before it was used up: `take` is handed a piece and says how many of its bytes it
 * used. What is left comes again with more behind it, so that no row is ever cut.
 *
 * @throws NamedError `RowTooLong` where more than `MOST_ROW_BYTES` are left over; `Cancelled`; those of `readBytes`
 */
export async function eachPiece(
  file: Blob,
  path: string,
  from: number,
  take: (piece: FilePiece) => number | Promise<number>,
  { signal, onBytes, pieceBytes = PIECE_BYTES }: Reading,
): Promise<void> {
  let rest = new Uint8Array();
  let offset = from;
  let step = pieceBytes;
  while (offset + rest.length < file.size) {
    throwIfCancelled(signal);
    const start = offset + rest.length;
    const read = await readBytes(file, start, Math.min(file.size, start + step), path);
    const bytes = rest.length === 0 ? read : joinedBytes([rest, read]);
    const used = await take({ bytes, offset, isLast: offset + bytes.length >= file.size });
    // What a long row has so far is looked through again with each piece: pieces grow with it.
    const most = MOST_ROW_BYTES + 1 - (bytes.length - used);
    step = Math.min(most, used === 0 ? Math.max(pieceBytes, bytes.length) : pieceBytes);
    rest = bytes.slice(used);
    offset += used;
    if (rest.length > MOST_ROW_BYTES) throw rowTooLong(offset, path);
    onBytes?.(offset);
  }
}

/** Where the text begins: behind a byte order mark. */
export async function textStart(file: Blob, path: string): Promise<number> {
  const [a, b, c] = await readBytes(file, 0, Math.min(3, file.size), path);
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

function rowTooLong(offset: number, path: string): NamedError {
  return new NamedError(
    'RowTooLong',
    `the row that begins at byte ${offset} is longer than ${MOST_ROW_BYTES} bytes, the most that is read as one`,
    { file: path },
    'keep pictures in files of their own and name them in the row, or write Parquet; in a table, look for a quote that is never closed',
  );
}
