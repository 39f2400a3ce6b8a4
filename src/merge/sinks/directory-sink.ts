/** A folder of the user's disk, chosen with `showDirectoryPicker`, or one of origin-private storage. */
import { NamedError } from '../../named-error.ts';
import type { FileSink, FolderSink } from './sink.ts';

/**
 * Makes the folder `name` inside `parent` and writes into it. A browser shows a file under its name only once it was
 * closed whole, so an export that breaks off leaves no file that is cut short.
 */
export class DirectorySink implements FolderSink {
  readonly name: string;
  readonly #parent: FileSystemDirectoryHandle;
  readonly #folder: FileSystemDirectoryHandle;
  #writing: FileSystemWritableFileStream | null = null;

  private constructor(name: string, parent: FileSystemDirectoryHandle, folder: FileSystemDirectoryHandle) {
    this.name = name;
    this.#parent = parent;
    this.#folder = folder;
  }

  /** @throws NamedError `FolderNotEmpty`, `FolderNotWritable` */
  static async create(parent: FileSystemDirectoryHandle, name: string): Promise<DirectorySink> {
    const folder = await refusals(() => parent.getDirectoryHandle(name, { create: true }), name);
    for await (const entry of folder.keys()) {
      throw new NamedError(
        'FolderNotEmpty',
        `the folder ${name} is there already and holds ${entry}`,
        { file: name },
        'choose another name or place, or delete that folder first',
      );
    }
    return new DirectorySink(name, parent, folder);
  }

  async open(file: string): Promise<FileSink> {
    const stream = await refusals(async () => {
      const handle = await this.#folder.getFileHandle(file, { create: true });
      return handle.createWritable();
    }, file);
    this.#writing = stream;
    return {
      write: (bytes) => refusals(() => stream.write(bytes), file),
      close: async () => {
        await refusals(() => stream.close(), file);
        this.#writing = null;
      },
    };
  }

  async finish(): Promise<void> {}

  async discard(): Promise<void> {
    await this.#writing?.abort().catch(() => undefined);
    // What the system does not let us remove is a folder without config.json.
    await this.#parent.removeEntry(this.name, { recursive: true }).catch(() => undefined);
  }
}

/** Browsers refuse in words of their own: a full disk, a permission that was taken back. */
async function refusals<T>(work: () => Promise<T>, file: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : '';
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (name === 'QuotaExceededError') {
      throw new NamedError('DiskFull', reason, { file }, 'free some space, or choose another disk', {
        cause,
      });
    }
    const remedy = 'choose the folder again and allow writing to it';
    throw new NamedError('FolderNotWritable', reason, { file }, remedy, { cause });
  }
}
