import type { LineStorage } from './storage.ts';
import { onOwnLine } from './storage.ts';

const FOLDER = 'journal';
/** Another tab may be writing the same file just now. */
const ATTEMPTS = 20;
const WAIT_MS = 25;

/**
 * Journals in origin-private storage. For a worker: only there can a file be appended to in place. Handles are held for
 * one call each, so that two tabs can work side by side.
 */
export class OpfsStorage implements LineStorage {
  readonly #root: () => Promise<FileSystemDirectoryHandle>;

  /** @param root of the storage; default: this origin's */
  constructor(root: () => Promise<FileSystemDirectoryHandle> = () => navigator.storage.getDirectory()) {
    this.#root = root;
  }

  async list(): Promise<readonly { key: string; bytes: number }[]> {
    const found: { key: string; bytes: number }[] = [];
    const folder = await this.#folder(null);
    for await (const [key, work] of folder?.entries() ?? []) {
      if (work.kind !== 'directory') continue;
      let bytes = 0;
      for await (const file of (work as FileSystemDirectoryHandle).values()) {
        if (file.kind === 'file') bytes += await sizeOf(file as FileSystemFileHandle);
      }
      found.push({ key, bytes });
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async read(key: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const found = await this.#file(key, file);
    return found && new Uint8Array(await found.arrayBuffer());
  }

  async readPart(key: string, file: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const found = await this.#file(key, file);
    return found ? new Uint8Array(await found.slice(start, end).arrayBuffer()) : new Uint8Array(0);
  }

  async append(key: string, file: string, lines: Uint8Array<ArrayBuffer>): Promise<void> {
    const top = await (await this.#root()).getDirectoryHandle(FOLDER, { create: true });
    const folder = await top.getDirectoryHandle(key, { create: true });
    const access = await exclusive(await folder.getFileHandle(file, { create: true }));
    try {
      const size = access.getSize();
      write(access, onOwnLine(lastByte(access, size), lines), size);
      access.flush();
    } finally {
      access.close();
    }
  }

  async remove(key: string): Promise<void> {
    const top = await this.#folder(null);
    const work = await this.#folder(key);
    const names: string[] = [];
    for await (const name of work?.keys() ?? []) names.push(name);
    for (const name of names.sort()) await work?.removeEntry(name).catch(unlessMissing);
    await top?.removeEntry(key, { recursive: true }).catch(unlessMissing);
  }

  /** A file as it is now: an append makes it another. */
  async #file(key: string, file: string): Promise<File | null> {
    const folder = await this.#folder(key);
    const find = async (): Promise<File | null> =>
      (await (await folder?.getFileHandle(file))?.getFile()) ?? null;
    return find().catch(unlessMissing);
  }

  /** The folder of one piece of work, or of all; null where there is none. */
  async #folder(key: string | null): Promise<FileSystemDirectoryHandle | null> {
    const folder = async (): Promise<FileSystemDirectoryHandle> => {
      const top = await (await this.#root()).getDirectoryHandle(FOLDER);
      return key === null ? top : await top.getDirectoryHandle(key);
    };
    return folder().catch(unlessMissing);
  }
}

/** 0 where another tab removed it since it was listed. */
async function sizeOf(file: FileSystemFileHandle): Promise<number> {
  return (await file.getFile().catch(unlessMissing))?.size ?? 0;
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

function lastByte(access: FileSystemSyncAccessHandle, size: number): number | undefined {
  if (size === 0) return undefined;
  const last = new Uint8Array(1);
  access.read(last, { at: size - 1 });
  return last[0];
}

/** What a full storage writes is less than it was given, or an error's number as one without a sign. */
function write(access: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const written = access.write(bytes, { at });
  if (written === bytes.length) return;
  // Half a line would be told as damage; better none of it.
  access.truncate(at);
  // Chromium gives the number of its error, as one without a sign, where it should throw: 2^32 - 8 is "no space".
  throw new DOMException('the storage is full', 'QuotaExceededError');
}

function unlessMissing(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null;
  throw error;
}
