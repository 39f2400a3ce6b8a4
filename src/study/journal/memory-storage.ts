import type { JournalStorage } from './storage.ts';

/** Journals that last as long as the page: where the browser gives no storage, and in tests. */
export class MemoryStorage implements JournalStorage {
  readonly #files = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();

  list(): Promise<readonly { key: string; bytes: number }[]> {
    const size = (files: Map<string, Uint8Array>): number =>
      [...files.values()].reduce((sum, { length }) => sum + length, 0);
    return Promise.resolve([...this.#files].map(([key, files]) => ({ key, bytes: size(files) })));
  }

  read(key: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return Promise.resolve(this.#files.get(key)?.get(file)?.slice() ?? null);
  }

  append(key: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const before = this.#files.get(key)?.get(file) ?? new Uint8Array(0);
    const after = new Uint8Array(before.length + bytes.length);
    after.set(before);
    after.set(bytes, before.length);
    return this.replace(key, file, after);
  }

  replace(key: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const files = this.#files.get(key) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    this.#files.set(key, files.set(file, bytes.slice()));
    return Promise.resolve();
  }

  truncate(key: string, file: string, bytes: number): Promise<void> {
    const before = this.#files.get(key)?.get(file) ?? new Uint8Array(0);
    return this.replace(key, file, before.slice(0, bytes));
  }

  remove(key: string): Promise<void> {
    this.#files.delete(key);
    return Promise.resolve();
  }
}
