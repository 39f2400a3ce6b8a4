import { wrap } from 'comlink';
import { MemoryStorage } from './memory-storage.ts';
import type { JournalStorage, LineStorage } from './storage.ts';

/**
 * Journals in this browser's origin-private storage, through a worker that starts with the first use; in memory where
 * the browser has none, as in some private windows.
 */
export function browserStorage(): JournalStorage {
  if (!('storage' in navigator) || typeof navigator.storage.getDirectory !== 'function')
    return new MemoryStorage();
  let started: LineStorage | undefined;
  const storage = (): LineStorage =>
    (started ??= wrap<LineStorage>(
      new Worker(new URL('../../../workers/journal.ts', import.meta.url), {
        type: 'module',
        name: 'journal',
      }),
    ));
  return {
    list: () => storage().list(),
    read: (key, file) => storage().read(key, file),
    readPart: (key, file, start, end) => storage().readPart(key, file, start, end),
    append: (key, file, lines) => storage().append(key, file, lines),
    remove: (key) => storage().remove(key),
    claim: tabClaims(),
  };
}

/** Claims of this tab among all of the browser: a lock that is gone with the tab. */
function tabClaims(): NonNullable<JournalStorage['claim']> {
  const own = new Map<string, number>();
  return async (key) => {
    const held = own.get(key) ?? 0;
    own.set(key, held + 1);
    // Two runs of one tab may share a journal: their jobs are listed beside each other.
    const release = held > 0 ? () => undefined : await lock(`frankenscope journal ${key}`);
    const giveBack = (): void => {
      own.set(key, (own.get(key) ?? 1) - 1);
      release?.();
    };
    if (release) return giveBack;
    giveBack();
    return null;
  };
}

/** Takes a lock that others may hold; null where one does. */
function lock(name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (held) =>
        held
          ? new Promise<void>((end) => {
              resolve(end);
            })
          : resolve(null),
      )
      .catch(reject);
  });
}
