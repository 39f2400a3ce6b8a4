/** The files of kept copies in origin-private storage: `weights/<key>.bin` and, once it is whole, `<key>.json`. */
import type { KeptManifest } from './kept-manifest.ts';
import { parseManifest, writeManifest } from './kept-manifest.ts';

const FOLDER = 'weights';
const DATA = '.bin';
const MANIFEST = '.json';

/** Without the mode, which not every browser knows, a handle is exclusive; with it several tabs can read. */
interface ModalFileHandle {
  createSyncAccessHandle(options: { mode: 'read-only' | 'readwrite' }): Promise<FileSystemSyncAccessHandle>;
}

/** Sync access handles exist in dedicated workers only. */
export class KeptFiles {
  readonly #folder: FileSystemDirectoryHandle;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** null where the browser gives the page no storage (private windows, insecure pages, an embedded frame). */
  static async open(): Promise<KeptFiles | null> {
    try {
      const root = await navigator.storage.getDirectory();
      return new KeptFiles(await root.getDirectoryHandle(FOLDER, { create: true }));
    } catch {
      return null;
    }
  }

  async manifest(key: string): Promise<KeptManifest | null> {
    try {
      const file = await this.#folder.getFileHandle(key + MANIFEST);
      return parseManifest(await (await file.getFile()).text());
    } catch {
      return null;
    }
  }

  /** Replaces the manifest. Cut short by a crash, it does not parse. */
  async writeManifest(key: string, manifest: KeptManifest): Promise<void> {
    const file = await this.#folder.getFileHandle(key + MANIFEST, { create: true });
    const handle = await file.createSyncAccessHandle();
    try {
      handle.truncate(0);
      handle.write(new TextEncoder().encode(writeManifest(manifest)));
      handle.flush();
    } finally {
      handle.close();
    }
  }

  /** Bytes of a data file; null when there is none. */
  async dataBytes(key: string): Promise<number | null> {
    try {
      const file = await this.#folder.getFileHandle(key + DATA);
      return (await file.getFile()).size;
    } catch {
      return null;
    }
  }

  /** @throws DOMException `NotFoundError`; `NoModificationAllowedError` while someone writes it. */
  async openData(key: string): Promise<FileSystemSyncAccessHandle> {
    const file: ModalFileHandle = await this.#folder.getFileHandle(key + DATA);
    return file.createSyncAccessHandle({ mode: 'read-only' });
  }

  /** @throws DOMException `NoModificationAllowedError` while someone has it open. */
  async createData(key: string): Promise<FileSystemSyncAccessHandle> {
    const file = await this.#folder.getFileHandle(key + DATA, { create: true });
    return file.createSyncAccessHandle();
  }

  /**
   * Removes data and manifest; what is not there is no matter. Data first: a manifest without data does not count.
   *
   * @throws DOMException `NoModificationAllowedError` while someone has the data open; then nothing is removed.
   */
  async remove(key: string): Promise<void> {
    for (const name of [key + DATA, key + MANIFEST]) {
      try {
        await this.#folder.removeEntry(name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  /** Keys of everything in the folder, half-written copies included. */
  async keys(): Promise<readonly string[]> {
    const keys = new Set<string>();
    for await (const name of this.#folder.keys()) keys.add(name.replace(/\.[^.]*$/, ''));
    return [...keys];
  }
}

/** The file is open elsewhere: in another tab, or in another load. */
export function isBusy(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NoModificationAllowedError';
}

function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
