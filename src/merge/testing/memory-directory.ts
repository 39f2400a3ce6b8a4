/** A directory as browsers give it, kept in memory: files appear when they are closed, swap files lie beside them until then. */
import { Faults } from './faults.ts';

const refusal = (name: string): DOMException => new DOMException('the system says no', name);
const missing = (): DOMException => refusal('NotFoundError');
const REASONS = { ENOSPC: 'QuotaExceededError', EIO: 'InvalidStateError' } as const;

/** Files by name; what a kill leaves stays, and another directory over the same files is another run. */
export type StoredFiles = Map<string, Uint8Array<ArrayBuffer>>;

export class MemoryDirectory {
  readonly folders: Map<string, StoredFiles>;
  readonly #faults: Faults;
  /** Files with a stream that is open: they are locked. */
  readonly #open = new Set<string>();

  constructor(folders = new Map<string, StoredFiles>(), faults = new Faults()) {
    this.folders = folders;
    this.#faults = faults;
  }

  get handle(): FileSystemDirectoryHandle {
    return {
      name: 'home',
      getDirectoryHandle: async (name: string, { create = false } = {}) => {
        if (!this.folders.has(name)) {
          if (!create) throw missing();
          this.#pass(`make ${name}`);
          this.folders.set(name, new Map());
        }
        return this.#folder(name);
      },
      removeEntry: async (name: string) => {
        this.#pass(`remove ${name}`);
        if ((this.folders.get(name)?.size ?? 0) > 0) throw refusal('InvalidModificationError');
        this.folders.delete(name);
      },
    } as unknown as FileSystemDirectoryHandle;
  }

  #pass(call: string, half?: () => void): void {
    this.#faults.pass(call, (kind) => refusal(REASONS[kind]), half);
  }

  #folder(name: string): FileSystemDirectoryHandle {
    const files = (): StoredFiles => {
      const found = this.folders.get(name);
      if (!found) throw missing();
      return found;
    };
    return {
      name,
      async *keys() {
        yield* [...files().keys()];
      },
      getFileHandle: async (file: string, { create = false } = {}) => {
        if (!files().has(file)) {
          if (!create) throw missing();
          this.#pass(`create ${file}`);
          files().set(file, new Uint8Array());
        }
        return this.#file(files(), file);
      },
      removeEntry: async (file: string) => {
        if (this.#open.has(file)) throw refusal('NoModificationAllowedError');
        this.#pass(`remove ${file}`);
        if (!files().delete(file)) throw missing();
      },
    } as unknown as FileSystemDirectoryHandle;
  }

  #file(files: StoredFiles, name: string): FileSystemFileHandle {
    return {
      name,
      getFile: () => Promise.resolve(new File([files.get(name) as Uint8Array<ArrayBuffer>], name)),
      createWritable: () => {
        this.#pass(`open ${name}`);
        const swap = `${name}.crswap`;
        this.#open.add(name);
        files.set(swap, new Uint8Array());
        const write = async (piece: Uint8Array<ArrayBuffer> | string): Promise<void> => {
          const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
          const append = (part: Uint8Array<ArrayBuffer>): void =>
            void files.set(swap, joined(files.get(swap) ?? new Uint8Array(), part));
          this.#pass(`write ${name}`, () => append(bytes.subarray(0, bytes.length >> 1)));
          append(bytes);
        };
        const close = async (): Promise<void> => {
          this.#pass(`close ${name}`);
          files.set(name, files.get(swap) as Uint8Array<ArrayBuffer>);
          files.delete(swap);
          this.#open.delete(name);
        };
        const abort = async (): Promise<void> => {
          this.#open.delete(name);
          this.#pass(`abort ${name}`);
          files.delete(swap);
        };
        return Promise.resolve({ write, close, abort });
      },
    } as unknown as FileSystemFileHandle;
  }
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
