import type { ByteSource } from '../../checkpoint/byte-source.ts';

/** Where an export goes: a folder in the making. */
export interface FolderSink {
  /** Begins a file; one at a time. */
  open(file: string): Promise<FileSink>;
  /** All files are there. */
  finish(): Promise<void>;
  /**
   * Removes what was begun and not closed, and the folder where it was made for this and is empty.
   * @param also files to be removed with it
   */
  discard(also?: readonly string[]): Promise<void>;
  /** Of a folder that outlives whoever writes into it: what an export that was cut off can go on from. */
  readonly kept?: KeptFolder;
}

export interface FileSink {
  /** Appends; resolves when the next may come. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Resolves once the file is whole, on the disk and called by its name. */
  close(): Promise<void>;
}

/** A file or folder in a folder of results. */
export interface HeldFile {
  readonly name: string;
  /** Null: it is a folder. */
  readonly bytes: number | null;
}

export interface Space {
  /** The folder as its owner knows it: a path, or a folder within another. */
  readonly place: string;
  /** Bytes that can still be written; null where the platform does not tell. */
  readonly free: number | null;
  /** How another place is chosen: a remedy. */
  readonly choice: string;
}

/** What a folder holds, and the little that is changed in it beside the files of the result. */
export interface KeptFolder {
  /** @throws NamedError `FolderInUse` while somebody else writes into it */
  held(): Promise<readonly HeldFile[]>;
  read(file: HeldFile): Promise<ByteSource>;
  /** Puts a small file in the place of one of that name, whole or not at all; resolves once it is on the disk. */
  replace(file: string, text: string): Promise<void>;
  /** Missing ones are no error; one that is open is left to `discard`. */
  remove(file: string): Promise<void>;
  space(): Promise<Space>;
  /** Told before the first file how many bytes are to come, so that a full disk can say so. */
  expect(bytes: number): void;
}
