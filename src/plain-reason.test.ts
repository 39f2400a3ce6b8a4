import { afterEach, describe, expect, it, vi } from 'vitest';
import { readRange } from './checkpoint/byte-source.ts';
import { NamedError } from './named-error.ts';
import { knownReason, plainReason } from './plain-reason.ts';
import { journalFailed } from './study/journal/failure.ts';
import { OpfsStorage } from './study/journal/opfs-storage.ts';
import { named } from './named.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** What machines say, and no person should have to read. */
const INTERNAL =
  /Error\b|failed to execute|allocation|array length|bytes?\b|clone|undefined|null|errno|0x|Instance|4294967288|\bE[A-Z]{3,}:/i;

describe('plain reasons', () => {
  it.each<[string, unknown, string]>([
    ['a real array too long', thrownBy(() => new Float32Array(2 ** 53 - 1)), 'OutOfMemory'],
    ['a real buffer too long', thrownBy(() => new ArrayBuffer(2 ** 53 - 1)), 'OutOfMemory'],
    ['a real string too long', thrownBy(() => 'x'.repeat(2 ** 30)), 'OutOfMemory'],
    ['a real function that is sent', thrownBy(() => structuredClone(() => 1)), 'Unexpected'],
    [
      'a real property of nothing',
      thrownBy(() => (undefined as unknown as { x: { y: 1 } }).x.y),
      'Unexpected',
    ],
    [
      'memory of WebAssembly',
      new RangeError('WebAssembly.Memory(): could not allocate memory'),
      'OutOfMemory',
    ],
    ['std::bad_alloc', new Error('failed to call OrtRun(). std::bad_alloc'), 'OutOfMemory'],
    ['Safari’s', new RangeError('Out of memory'), 'OutOfMemory'],
    ['Chromium’s', new RangeError('Array buffer allocation failed'), 'OutOfMemory'],
    [
      'a quota',
      new DOMException('The operation failed because it would exceed its quota', 'QuotaExceededError'),
      'StorageFull',
    ],
    [
      'a full disk in Node',
      Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
      'StorageFull',
    ],
    [
      'a moved file',
      new DOMException('A requested file could not be found', 'NotFoundError'),
      'FileUnreadable',
    ],
    [
      'a changed file',
      new DOMException('The requested file could not be read', 'NotReadableError'),
      'FileUnreadable',
    ],
    ['a bad disk', new Error('EIO: i/o error, read'), 'FileUnreadable'],
    [
      'a file that another tab has',
      new DOMException('Access Handles cannot be created', 'NoModificationAllowedError'),
      'Busy',
    ],
    ['what is not allowed', new DOMException('The request is not allowed', 'NotAllowedError'), 'NotAllowed'],
    ['a lost device', new Error('OrtRun: Device is lost'), 'DeviceLost'],
    [
      'Dawn’s',
      new DOMException('A valid external Instance reference no longer exists.', 'OperationError'),
      'DeviceLost',
    ],
    ['a refused step', new DOMException('Buffer is destroyed', 'OperationError'), 'GpuRejected'],
    ['no network', new TypeError('Failed to fetch'), 'Unreachable'],
    [
      'a module that is gone',
      new TypeError('Failed to fetch dynamically imported module: x.js'),
      'Unreachable',
    ],
    [
      'a handle in a wrong state',
      new DOMException('The object is in an invalid state.', 'InvalidStateError'),
      'Unexpected',
    ],
    ['a deep structure', new RangeError('Maximum call stack size exceeded'), 'Unexpected'],
  ])('of %s', (_, error, name) => {
    const known = knownReason(error);
    expect(known?.name).toBe(name);
    expect(known?.what).not.toMatch(INTERNAL);
    expect(known?.remedy).not.toBe('');
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(named(error)).toMatchObject({ name, what: known?.what, remedy: known?.remedy, cause: error });
    expect(log).toHaveBeenCalledTimes(name === 'Unexpected' ? 1 : 0);
  });

  it('of a NamedError are its own', () => {
    const error = new NamedError('BadValue', 'the x is y', {}, 'do z');
    expect(plainReason(error)).toBe('the x is y');
    expect(named(error)).toBe(error);
  });

  it('of what nothing is known of quote nothing', () => {
    for (const error of [new Error('E_42: 0xdeadbeef'), 'text', 7, null, undefined, { message: 'x' }])
      expect(plainReason(error)).toBe('it failed for a reason that the browser does not name');
  });
});

it('a file that cannot be read is told without the browser’s words', async () => {
  const slice = (): Blob => {
    const blob = new Blob(['x']);
    blob.arrayBuffer = () =>
      Promise.reject(new DOMException('The requested file could not be read', 'NotReadableError'));
    return blob;
  };
  await expect(readRange({ name: 'f', size: 9, slice }, 0, 9, { file: 'f' })).rejects.toMatchObject({
    name: 'FileUnreadable',
    what: 'bytes 0 to 9 could not be read (the file could not be read or written: it was moved, changed, or is not allowed)',
  });
});

it.each([2 ** 32 - 8, -8, 0, 500])(
  'a journal’s storage that took %d bytes is full, and says that alone',
  async (written) => {
    const sizes: number[] = [];
    const access = {
      getSize: () => 100,
      read: (into: Uint8Array) => into.fill(10).length,
      write: () => written,
      truncate: (size: number) => sizes.push(size),
      flush: () => undefined,
      close: () => undefined,
    };
    const folder: Record<string, unknown> = {
      getDirectoryHandle: () => Promise.resolve(folder),
      getFileHandle: () => Promise.resolve({ createSyncAccessHandle: () => Promise.resolve(access) }),
    };
    vi.stubGlobal('navigator', { storage: { getDirectory: () => Promise.resolve(folder) } });
    const failed = await new OpfsStorage()
      .append('key', 'file', new Uint8Array(1138))
      .catch((error: unknown) => error);
    expect(journalFailed(failed).message).toBe(
      'results cannot be kept (the storage is full); make room, or delete kept results',
    );
    // What stood there before stays whole.
    expect(sizes).toEqual([100]);
  },
);
