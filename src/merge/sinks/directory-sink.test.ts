/** What a browser refuses, in our words. */
import { describe, expect, it } from 'vitest';
import { DirectorySink } from './directory-sink.ts';

const refusal = (name: string): DOMException => new DOMException('the system says no', name);

/** A directory that refuses one step of writing into it, and remembers what was taken back. */
class RefusingDirectory {
  readonly removed: string[] = [];
  aborted = 0;
  readonly #refuses: Readonly<Partial<Record<'folder' | 'open' | 'write' | 'close', string>>>;

  constructor(refuses: Readonly<Partial<Record<'folder' | 'open' | 'write' | 'close', string>>>) {
    this.#refuses = refuses;
  }

  get handle(): FileSystemDirectoryHandle {
    const step = (name: 'folder' | 'open' | 'write' | 'close'): Promise<void> => {
      const refused = this.#refuses[name];
      return refused === undefined ? Promise.resolve() : Promise.reject(refusal(refused));
    };
    const stream = {
      write: () => step('write'),
      close: () => step('close'),
      abort: () => Promise.resolve(void (this.aborted += 1)),
    };
    const folder = {
      async *keys() {},
      getFileHandle: () => step('open').then(() => ({ createWritable: () => Promise.resolve(stream) })),
    };
    const parent = {
      getDirectoryHandle: () => step('folder').then(() => folder),
      removeEntry: (name: string) => Promise.resolve(void this.removed.push(name)),
    };
    return parent as unknown as FileSystemDirectoryHandle;
  }
}

async function write(directory: RefusingDirectory): Promise<void> {
  const sink = await DirectorySink.create(directory.handle, 'merge');
  try {
    const file = await sink.open('model.safetensors');
    await file.write(new Uint8Array(4));
    await file.close();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

describe('a directory that refuses', () => {
  it.each([
    ['folder', 'NotAllowedError', 'FolderNotWritable', 'merge', []],
    ['open', 'NoModificationAllowedError', 'FolderNotWritable', 'model.safetensors', ['merge']],
    ['write', 'QuotaExceededError', 'DiskFull', 'model.safetensors', ['merge']],
    ['close', 'QuotaExceededError', 'DiskFull', 'model.safetensors', ['merge']],
  ] as const)('at %s by %s is %s, and nothing is left', async (step, reason, name, file, removed) => {
    const directory = new RefusingDirectory({ [step]: reason });
    const error = { name, what: 'the system says no', place: { file } };
    await expect(write(directory)).rejects.toMatchObject(error);
    expect(directory.removed).toEqual(removed);
    expect(directory.aborted).toBe(step === 'write' || step === 'close' ? 1 : 0);
  });

  it('not at all: the file is closed and stays', async () => {
    const directory = new RefusingDirectory({});
    await write(directory);
    expect([directory.removed, directory.aborted]).toEqual([[], 0]);
  });
});
