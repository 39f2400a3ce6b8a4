/** Keeps an export in memory: for tests and small models. */
import type { FileSink, FolderSink } from '../sinks/sink.ts';

export class MemorySink implements FolderSink {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  finished = false;
  discarded = false;

  open(file: string): Promise<FileSink> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    return Promise.resolve({
      write: (bytes) => Promise.resolve(void pieces.push(bytes.slice())),
      close: async () => {
        this.files.set(file, new Uint8Array(await new Blob(pieces).arrayBuffer()));
      },
    });
  }

  finish(): Promise<void> {
    this.finished = true;
    return Promise.resolve();
  }

  discard(): Promise<void> {
    this.discarded = true;
    this.files.clear();
    return Promise.resolve();
  }
}
