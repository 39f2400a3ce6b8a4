/** A folder of the user's disk, chosen with `showDirectoryPicker`, or one of origin-private storage. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { NamedError } from '../../named-error.ts';
import { placeRefusal } from '../output/space.ts';
import type { FileSink, FolderSink, HeldFile, KeptFolder, Space } from './sink.ts';

const CHOICE = 'choose another folder';

/**
 * Makes the folder `name` inside `parent` and writes into it. A browser shows a file under its name only once it was
 * closed whole, so an export that breaks off leaves no file that is cut short.
 */
export class DirectorySink implements FolderSink, KeptFolder {
  readonly name: string;
  readonly #parent: FileSystemDirectoryHandle;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #made: boolean;
  readonly #place: string;
  #writing: { readonly file: string; readonly stream: FileSystemWritableFileStream } | null = null;
  #needed: number | null = null;

  private constructor(
    name: string,
    parent: FileSystemDirectoryHandle,
    folder: FileSystemDirectoryHandle,
    made: boolean,
  ) {
    this.name = name;
    this.#parent = parent;
    this.#folder = folder;
    this.#made = made;
    this.#place = placeOf(parent, name);
  }

  get kept(): KeptFolder {
    return this;
  }

  /** @throws NamedError `FolderNotWritable`, `FolderGone`, `DiskFull` */
  static async create(parent: FileSystemDirectoryHandle, name: string): Promise<DirectorySink> {
    const place = placeOf(parent, name);
    return refusals(
      parent,
      async () => {
        const there = await parent.getDirectoryHandle(name).catch((error: unknown) => {
          if (isMissing(error)) return null;
          throw error;
        });
        const folder = there ?? (await parent.getDirectoryHandle(name, { create: true }));
        return new DirectorySink(name, parent, folder, there === null);
      },
      { place, file: name },
    );
  }

  async open(file: string): Promise<FileSink> {
    const stream = await this.#asked(file, () => this.#writable(file));
    this.#writing = { file, stream };
    return {
      write: async (bytes) => {
        await this.#asked(file, () => stream.write(bytes));
        if (this.#needed !== null) this.#needed -= bytes.length;
      },
      close: async () => {
        await this.#asked(file, () => stream.close());
        this.#writing = null;
      },
    };
  }

  async finish(): Promise<void> {}

  async discard(also: readonly string[] = []): Promise<void> {
    // What the browser does not let us remove is an empty file, or the record of one.
    const remove = (file: string): Promise<void> => this.#folder.removeEntry(file).catch(() => undefined);
    await Promise.all([this.#giveUp(remove), ...also.map(remove)]);
    // Only where it is empty.
    if (this.#made) await this.#parent.removeEntry(this.name).catch(() => undefined);
  }

  /** The browser made an empty file of that name, which it locks until the stream is closed. */
  async #giveUp(remove: (file: string) => Promise<void>): Promise<void> {
    const writing = this.#writing;
    this.#writing = null;
    await writing?.stream.abort().catch(() => undefined);
    if (writing) await remove(writing.file);
  }

  async held(): Promise<readonly HeldFile[]> {
    return this.#asked(this.name, async () => {
      const names: string[] = [];
      for await (const name of this.#folder.keys()) names.push(name);
      return Promise.all(names.sort().map(async (name) => ({ name, bytes: await this.#bytesOf(name) })));
    });
  }

  async read({ name }: HeldFile): Promise<ByteSource> {
    return this.#asked(name, async () => (await this.#folder.getFileHandle(name)).getFile());
  }

  async replace(file: string, text: string): Promise<void> {
    await this.#asked(file, async () => {
      const stream = await this.#writable(file);
      try {
        await stream.write(text);
        await stream.close();
      } catch (error) {
        await stream.abort().catch(() => undefined);
        throw error;
      }
    });
  }

  async remove(file: string): Promise<void> {
    if (this.#writing?.file === file) return;
    await this.#asked(file, () =>
      this.#folder.removeEntry(file).catch((error: unknown) => {
        // Chromium does not let a page touch its own swap files of other folders than its private ones.
        if (!isMissing(error) && !file.endsWith('.crswap')) throw error;
      }),
    );
  }

  /** The room of the user's own folders no browser tells; of its private storage it does. */
  async space(): Promise<Space> {
    return { place: this.#place, free: await freeStorage(this.#parent), choice: CHOICE };
  }

  expect(bytes: number): void {
    this.#needed = bytes;
  }

  async #writable(file: string): Promise<FileSystemWritableFileStream> {
    return (await this.#folder.getFileHandle(file, { create: true })).createWritable();
  }

  /** Null for a folder. */
  async #bytesOf(name: string): Promise<number | null> {
    try {
      return (await (await this.#folder.getFileHandle(name)).getFile()).size;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TypeMismatchError') return null;
      throw error;
    }
  }

  #asked<T>(file: string, work: () => Promise<T>): Promise<T> {
    return refusals(this.#parent, work, { place: this.#place, file, needed: this.#needed });
  }
}

/** The folder as the user sees it: the browser tells no path. */
function placeOf(parent: FileSystemDirectoryHandle, name: string): string {
  return `${parent.name || 'the browser’s storage'}/${name}`;
}

/** Bytes that fit into the browser's own storage, for a folder in it; null for any other. */
async function freeStorage(folder: FileSystemDirectoryHandle): Promise<number | null> {
  try {
    const root = await navigator.storage.getDirectory();
    if ((await root.resolve(folder)) === null) return null;
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
  } catch {
    // It is asked for the sake of words.
    return null;
  }
}

/** Browsers refuse in words of their own: a full disk, a permission that was taken back. */
async function refusals<T>(
  parent: FileSystemDirectoryHandle,
  work: () => Promise<T>,
  where: { readonly place: string; readonly file: string; readonly needed?: number | null },
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof NamedError) throw cause;
    const name = cause instanceof DOMException ? cause.name : '';
    const free = name === 'QuotaExceededError' ? await freeStorage(parent) : null;
    const refusal = placeRefusal(name, { ...where, free, choice: CHOICE }, cause);
    if (refusal) throw refusal;
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const remedy = 'choose the folder again and allow writing to it';
    throw new NamedError('FolderNotWritable', reason, { file: where.file }, remedy, { cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
