import { wrap } from 'comlink';
import { MemoryStorage } from './memory-storage.ts';
import type { JournalStorage } from './storage.ts';

/**
 * Journals in this browser's origin-private storage, through a worker that starts with the first use; in memory where
 * the browser has none, as in some private windows.
 */
export function browserStorage(): JournalStorage {
  if (!('storage' in navigator) || typeof navigator.storage.getDirectory !== 'function')
    return new MemoryStorage();
  let started: JournalStorage | undefined;
  const storage = (): JournalStorage =>
    (started ??= wrap<JournalStorage>(
      new Worker(new URL('../../../workers/journal.ts', import.meta.url), {
        type: 'module',
        name: 'journal',
      }),
    ));
  return {
    list: () => storage().list(),
    read: (key, file) => storage().read(key, file),
    append: (key, file, bytes) => storage().append(key, file, bytes),
    replace: (key, file, bytes) => storage().replace(key, file, bytes),
    truncate: (key, file, bytes) => storage().truncate(key, file, bytes),
    remove: (key) => storage().remove(key),
  };
}
