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
      removeEntry: () => Promise.resolve(),
      async *keys() {},
      getFileHandle: () => step('open').then(() => ({ createWritable: () => Promise.resolve(stream) })),
    };
    const parent = {
      name: 'disk',
      getDirectoryHandle: (_: string, { create = false } = {}) =>
        create ? step('folder').then(() => folder) : Promise.reject(refusal('NotFoundError')),
      removeEntry: (name: string) => Promise.resolve(void this.removed.push(name)),
    };
    return parent as unknown as FileSystemDirectoryHandle;
  }
}

async function write(directory: RefusingDirectory): Promise<void> {
  const sink = await DirectorySink.create(directory.handle, 'merge');
  sink.expect(4);
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
  const FULL = 'no room on the disk of "disk/merge": 4 bytes are to be written';
  it.each([
    [
      'folder',
      'NotAllowedError',
      'FolderNotWritable',
      'writing into "disk/merge" is not allowed (NotAllowedError)',
      'merge',
      [],
    ],
    [
      'open',
      'NoModificationAllowedError',
      'FolderNotWritable',
      'another program or tab is writing into "disk/merge" (NoModificationAllowedError)',
      'model.safetensors',
      ['merge'],
    ],
    [
      'open',
      'NotFoundError',
      'FolderGone',
      '"disk/merge" is there no longer (NotFoundError)',
      'model.safetensors',
      ['merge'],
    ],
    ['write', 'QuotaExceededError', 'DiskFull', FULL, 'model.safetensors', ['merge']],
    ['close', 'QuotaExceededError', 'DiskFull', FULL.replace('4 b', '0 b'), 'model.safetensors', ['merge']],
  ] as const)('at %s by %s is %s, and nothing is left', async (step, reason, name, what, file, removed) => {
    const directory = new RefusingDirectory({ [step]: reason });
    await expect(write(directory)).rejects.toMatchObject({ name, what, place: { file } });
    expect(directory.removed).toEqual(removed);
    expect(directory.aborted).toBe(step === 'write' || step === 'close' ? 1 : 0);
  });

  it('not at all: the file is closed and stays', async () => {
    const directory = new RefusingDirectory({});
    await write(directory);
    expect([directory.removed, directory.aborted]).toEqual([[], 0]);
  });
});
