/** Where copies of checkpoints are kept: folders of small files, each written whole or not at all. */
export interface CopyStore {
  keys(): Promise<readonly string[]>;
  /** Files of a folder and their bytes; none of a folder that is not there. */
  list(key: string): Promise<ReadonlyMap<string, number>>;
  /** Null where it is not there. */
  read(key: string, name: string): Promise<Blob | null>;
  /** @throws DOMException `QuotaExceededError` */
  write(key: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(key: string, name?: string): Promise<void>;
}

const FOLDER = 'checkpoints';

/** In this browser's origin-private storage. */
export class OpfsCopies implements CopyStore {
  async keys(): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const key of (await this.#folder(null))?.keys() ?? []) keys.push(key);
    return keys;
  }

  async list(key: string): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for await (const file of (await this.#folder(key))?.values() ?? []) {
      if (file.kind === 'file') found.set(file.name, (await (file as FileSystemFileHandle).getFile()).size);
    }
    return found;
  }

  async read(key: string, name: string): Promise<Blob | null> {
    const folder = await this.#folder(key);
    const file = await folder?.getFileHandle(name).catch(unlessMissing);
    return (await file?.getFile().catch(unlessMissing)) ?? null;
  }

  async write(key: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const root = await navigator.storage.getDirectory();
    const top = await root.getDirectoryHandle(FOLDER, { create: true });
    const folder = await top.getDirectoryHandle(key, { create: true });
    // What is written stands under its name once it is closed.
    const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    try {
      await writable.write(bytes);
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
  }

  async remove(key: string, name?: string): Promise<void> {
    const folder = await this.#folder(name === undefined ? null : key);
    await folder?.removeEntry(name ?? key, { recursive: true }).catch(unlessMissing);
  }

  async #folder(key: string | null): Promise<FileSystemDirectoryHandle | null> {
    const find = async (): Promise<FileSystemDirectoryHandle> => {
      const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
      return key === null ? top : top.getDirectoryHandle(key);
    };
    return find().catch(unlessMissing);
  }
}

function unlessMissing(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null;
  throw error;
}
