import { joinedBytes } from '../../work/bytes.ts';

/**
 * Where journals lie: a folder for each piece of work, with a few files of lines in it. A browser's origin-private storage,
 * a disk behind the headless command, or memory. Keys and file names are hashes and plain words.
 */
export interface LineStorage {
  /** Every piece of work, with the bytes of all its files. */
  list(): Promise<readonly { readonly key: string; readonly bytes: number }[]>;
  /** A file's bytes; null where there is none. */
  read(key: string, file: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Its bytes `[start, end)`; fewer where it ends before, none where there is no such file. */
  readPart(key: string, file: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Appends whole lines, on a line of their own also where the file ends within one, as a page that died leaves it. What
   * was appended survives a page that dies, and on a disk a power cut, once this resolves. Of an append that fails
   * any part may stand.
   */
  append(key: string, file: string, lines: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Removes a piece of work; nothing where there is none. Its files go in the order of their names: records before what
   * describes them, so that half a removal can still be found.
   */
  remove(key: string): Promise<void>;
}

/** Journals, and who writes them. */
export interface JournalStorage extends LineStorage {
  /**
   * Claims a piece of work for this page, where others can run it beside. Both may write all the same.
   *
   * @returns what gives the claim back; null where another holds it
   */
  claim?(key: string): Promise<(() => void) | null>;
}

export const NEWLINE = 10;

/** Lines as they are appended to a file that ends with the byte `last`: on a line of their own. */
export function onOwnLine(last: number | undefined, lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (last === undefined || last === NEWLINE) return lines;
  return joinedBytes([Uint8Array.of(NEWLINE), lines]);
}
