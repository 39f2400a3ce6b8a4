/** An origin-private storage in memory, with the calls that journals make; it fails where it is told. */
import { Faults } from './faults.ts';

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: Map<string, { data: Uint8Array<ArrayBuffer> }>;
}

const folder = (): Folder => ({ folders: new Map(), files: new Map() });

export class FakeOpfs {
  faults = new Faults();
  readonly #top = folder();

  /** The page is opened again. */
  restart(): void {
    this.faults = new Faults();
  }

  readonly root = (): Promise<FileSystemDirectoryHandle> =>
    Promise.resolve(this.#folder(this.#top) as unknown as FileSystemDirectoryHandle);

  #do<T>(name: string, apply: (share: number) => T): T {
    return this.faults.run(
      name,
      apply,
      (code) =>
        new DOMException('failed on purpose', code === 'ENOSPC' ? 'QuotaExceededError' : 'UnknownError'),
    );
  }

  #folder(of: Folder): object {
    return {
      kind: 'directory',
      getDirectoryHandle: (name: string, { create = false } = {}) =>
        soon(() => {
          if (!of.folders.has(name) && !create) throw missing();
          if (!of.folders.has(name)) this.#do('make folder', () => of.folders.set(name, folder()));
          return this.#folder(of.folders.get(name) as Folder);
        }),
      getFileHandle: (name: string, { create = false } = {}) =>
        soon(() => {
          if (!of.files.has(name) && !create) throw missing();
          if (!of.files.has(name)) this.#do('create', () => of.files.set(name, { data: new Uint8Array(0) }));
          return this.#file(of, name);
        }),
      removeEntry: (name: string) =>
        soon(() => {
          if (!of.files.has(name) && !of.folders.has(name)) throw missing();
          this.#do('remove', () => of.files.delete(name) || of.folders.delete(name));
        }),
      keys: () => each([...of.folders.keys(), ...of.files.keys()]),
      entries: () => each([...of.folders].map(([name, one]) => [name, this.#folder(one)])),
      values: () => each([...of.files.keys()].map((name) => this.#file(of, name))),
    };
  }

  #file(of: Folder, name: string): object {
    const file = (): { data: Uint8Array<ArrayBuffer> } => {
      const found = of.files.get(name);
      if (!found) throw missing();
      return found;
    };
    return {
      kind: 'file',
      getFile: () => soon(() => this.#do('read', () => new Blob([file().data]))),
      createSyncAccessHandle: () => soon(() => this.#do('open', () => this.#access(file()))),
    };
  }

  #access(file: { data: Uint8Array<ArrayBuffer> }): object {
    return {
      getSize: () => file.data.length,
      read: (into: Uint8Array, { at }: { at: number }) => into.set(file.data.subarray(at, at + into.length)),
      write: (bytes: Uint8Array, { at }: { at: number }) => {
        const grow = (share: number): number => {
          const part = Math.floor(bytes.length * share);
          const data = new Uint8Array(Math.max(file.data.length, at + part));
          data.set(file.data);
          data.set(bytes.subarray(0, part), at);
          file.data = data;
          return part;
        };
        return this.#do('write', grow);
      },
      truncate: (size: number) => this.#do('truncate', () => (file.data = file.data.slice(0, size))),
      flush: () => this.#do('flush', () => undefined),
      close: () => undefined,
    };
  }
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

function soon<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}

function missing(): DOMException {
  return new DOMException('not there', 'NotFoundError');
}
