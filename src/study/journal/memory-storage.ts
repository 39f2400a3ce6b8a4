import { joinedBytes } from '../../work/bytes.ts';
import type { LineStorage } from './storage.ts';
import { onOwnLine } from './storage.ts';

/** Journals that last as long as the page: where the browser gives no storage, and in tests. */
export class MemoryStorage implements LineStorage {
  readonly #files = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();

  list(): Promise<readonly { key: string; bytes: number }[]> {
    const size = (files: Map<string, Uint8Array>): number =>
      [...files.values()].reduce((sum, { length }) => sum + length, 0);
    return Promise.resolve([...this.#files].map(([key, files]) => ({ key, bytes: size(files) })));
  }

  read(key: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return Promise.resolve(this.#files.get(key)?.get(file)?.slice() ?? null);
  }

  readPart(key: string, file: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.#files.get(key)?.get(file)?.slice(start, end) ?? new Uint8Array(0));
  }

  append(key: string, file: string, lines: Uint8Array<ArrayBuffer>): Promise<void> {
    const files = this.#files.get(key) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    const before = files.get(file) ?? new Uint8Array(0);
    const after = joinedBytes([before, onOwnLine(before.at(-1), lines)]);
    this.#files.set(key, files.set(file, after));
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.#files.delete(key);
    return Promise.resolve();
  }
}
