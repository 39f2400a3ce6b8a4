import { NamedError } from '../../named-error.ts';
import type { JournalStorage } from './storage.ts';

const FOLDER = 'journal';
/** Another tab may be writing the same file just now. */
const ATTEMPTS = 20;
const WAIT_MS = 25;

/**
 * Journals in origin-private storage. For a worker: only there can a file be appended to in place. Handles are held for
 * one call each, so that two tabs can work side by side.
 */
export class OpfsStorage implements JournalStorage {
  async list(): Promise<readonly { key: string; bytes: number }[]> {
    const found: { key: string; bytes: number }[] = [];
    const folder = await this.#folder(null);
    for await (const [key, work] of folder?.entries() ?? []) {
      if (work.kind !== 'directory') continue;
      let bytes = 0;
      for await (const file of (work as FileSystemDirectoryHandle).values()) {
        if (file.kind === 'file') bytes += (await (file as FileSystemFileHandle).getFile()).size;
      }
      found.push({ key, bytes });
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async read(key: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const folder = await this.#folder(key);
    try {
      const handle = await folder?.getFileHandle(file);
      return handle ? new Uint8Array(await (await handle.getFile()).arrayBuffer()) : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  append(key: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#change(key, file, (access) => write(access, bytes, access.getSize()));
  }

  replace(key: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#change(key, file, (access) => {
      access.truncate(0);
      write(access, bytes, 0);
    });
  }

  truncate(key: string, file: string, bytes: number): Promise<void> {
    return this.#change(key, file, (access) => access.truncate(bytes));
  }

  async remove(key: string): Promise<void> {
    const folder = await this.#folder(null);
    try {
      await folder?.removeEntry(key, { recursive: true });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async #change(
    key: string,
    file: string,
    change: (access: FileSystemSyncAccessHandle) => void,
  ): Promise<void> {
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
    const folder = await top.getDirectoryHandle(key, { create: true });
    const access = await exclusive(await folder.getFileHandle(file, { create: true }));
    try {
      change(access);
      access.flush();
    } finally {
      access.close();
    }
  }

  /** The folder of one piece of work, or of all; null where there is none. */
  async #folder(key: string | null): Promise<FileSystemDirectoryHandle | null> {
    try {
      const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
      return key === null ? top : await top.getDirectoryHandle(key);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

async function exclusive(handle: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const taken = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!taken || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

function write(access: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const written = access.write(bytes, { at });
  if (written === bytes.length) return;
  // Half a line would be taken for a torn one; better none of it.
  access.truncate(at);
  // Chromium gives the number of its error, as one without a sign, where it should throw: 2^32 - 8 is "no space".
  throw new NamedError('StorageFull', 'the storage is full', {}, 'make room, or delete earlier results');
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
