/** Where an export goes: a folder in the making. */
export interface FolderSink {
  /** Begins a file; one at a time. */
  open(file: string): Promise<FileSink>;
  /** All files are there. */
  finish(): Promise<void>;
  /** Removes what was written; whatever cannot be removed has no config.json. */
  discard(): Promise<void>;
}

export interface FileSink {
  /** Appends; resolves when the next may come. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}
