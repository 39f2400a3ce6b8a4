import type { CopyStore } from '../kept/store.ts';

/** Copies in memory, of which as many bytes find room as are granted. */
export class MemoryCopies implements CopyStore {
  readonly folders = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();
  room = Infinity;

  keys(): Promise<readonly string[]> {
    return Promise.resolve([...this.folders.keys()]);
  }

  list(key: string): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(
      new Map([...(this.folders.get(key) ?? [])].map(([name, { length }]) => [name, length])),
    );
  }

  read(key: string, name: string): Promise<Blob | null> {
    const bytes = this.folders.get(key)?.get(name);
    return Promise.resolve(bytes ? new Blob([bytes]) : null);
  }

  write(key: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.length > this.room) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.room -= bytes.length;
    const folder = this.folders.get(key) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    this.folders.set(key, folder.set(name, bytes));
    return Promise.resolve();
  }

  remove(key: string, name?: string): Promise<void> {
    if (name === undefined) this.folders.delete(key);
    else this.folders.get(key)?.delete(name);
    return Promise.resolve();
  }
}
