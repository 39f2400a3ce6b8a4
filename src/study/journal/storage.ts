/**
 * Where journals lie: a folder for each piece of work, with a few files in it. A browser's origin-private storage, a
 * disk behind the headless command, or memory. Keys and file names are hashes and plain words.
 */
export interface JournalStorage {
  /** Every piece of work, with the bytes of all its files. */
  list(): Promise<readonly { readonly key: string; readonly bytes: number }[]>;
  /** A file's bytes; null where there is none. */
  read(key: string, file: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Appends; what was appended survives a page that dies, once this resolves. */
  append(key: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Replaces a file, or makes it. */
  replace(key: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Cuts a file to its first `bytes` bytes. */
  truncate(key: string, file: string, bytes: number): Promise<void>;
  /** Removes a piece of work; nothing where there is none. */
  remove(key: string): Promise<void>;
}
