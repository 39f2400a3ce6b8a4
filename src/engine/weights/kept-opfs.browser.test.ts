import type { Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import type { Outcome, Tab, Wanted } from './testing/kept-worker.ts';

installErrorTransfer();
const workers = new Set<Worker>();

function openTab(): Remote<Tab> {
  const worker = new Worker(new URL('./testing/kept-worker.ts', import.meta.url), { type: 'module' });
  workers.add(worker);
  return wrap<Tab>(worker);
}

function closeTabs(): void {
  for (const worker of workers) worker.terminate();
  workers.clear();
}

const Q4: Wanted = { key: 'a-q4', dtype: 'q4' };

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle('weights', { create: true });
}

async function fileNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await folder()).keys()) names.push(name);
  return names.sort();
}

async function edit(name: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) {
  const handle = await (await folder()).getFileHandle(name);
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const writable = await handle.createWritable();
  await writable.write(change(bytes));
  await writable.close();
}

async function convertAndCommit(wanted = Q4): Promise<Outcome> {
  const tab = openTab();
  const outcome = await tab.convert(wanted);
  await tab.commit(outcome.report);
  expect(await tab.takeNotices()).toEqual([]);
  return outcome;
}

async function clear(): Promise<void> {
  closeTabs();
  // A terminated worker gives its locks up a moment later.
  await expect
    .poll(async () => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry('weights', { recursive: true }).catch(() => undefined);
      return fileNames();
    })
    .toEqual([]);
}

beforeEach(clear);
afterEach(clear);

describe('a kept copy', () => {
  test.each(['q4', 'q8', 'f16', 'f32'] as const)('of %s comes back to the byte', async (dtype) => {
    const wanted = { key: `a-${dtype}`, dtype };
    const converted = await convertAndCommit(wanted);
    let bytesDone = 0;
    const restored = await openTab().restore(
      wanted,
      proxy((bytes: number) => {
        bytesDone = bytes;
      }),
    );
    expect(restored?.arrays).toEqual(converted.arrays);
    expect(restored?.report.error).toEqual(converted.report.error);
    expect((await openTab().restore({ ...wanted, toDevice: true }))?.arrays).toEqual(converted.arrays);
    const bytes = [...converted.arrays.values()].reduce((sum, { length }) => sum + length, 0);
    expect(restored?.report.bytesRead).toBe(bytes);
    expect(bytesDone).toBe(bytes);
  });

  test('is listed with its size, and deleting frees it', async () => {
    await convertAndCommit();
    const tab = openTab();
    const data = await (await (await folder()).getFileHandle('a-q4.bin')).getFile();
    expect(await tab.list()).toEqual([
      { key: 'a-q4', name: 'untied-gqa7-bf16-new', dtype: 'q4', bytes: data.size },
    ]);
    await tab.delete('a-q4');
    expect(await tab.list()).toEqual([]);
    expect(await fileNames()).toEqual([]);
    expect(await tab.restore(Q4)).toBeNull();
    await tab.delete('a-q4');
  });

  test('says what its files held, and serves no files of other dates: those are read', async () => {
    const dated = { ...Q4, dates: { 'model.safetensors': 1 } };
    const converted = await convertAndCommit(dated);
    const [tab, hashes] = [openTab(), converted.report.hashes];
    expect(hashes.size).toBeGreaterThan(0);
    expect((await tab.restore(dated))?.report.hashes).toEqual(hashes);
    expect(await tab.takeNotices()).toEqual([]);
    for (const dates of [{ 'model.safetensors': 2 }, {}, { 'model.safetensors': 1, 'more.safetensors': 1 }]) {
      expect(await tab.restore({ ...Q4, dates })).toBeNull();
      expect(await tab.takeNotices()).toEqual([
        expect.stringContaining('converted from files of other dates'),
      ]);
    }
    const newer = { ...Q4, dates: { 'model.safetensors': 2 } };
    await convertAndCommit(newer);
    expect(await openTab().restore(newer)).not.toBeNull();
    expect(await openTab().restore(dated)).toBeNull();
  });

  test('made for another plan is ignored, and replaced', async () => {
    await convertAndCommit();
    const split = { ...Q4, maxTensorBytes: 6000 };
    expect(await openTab().restore(split)).toBeNull();
    const converted = await convertAndCommit(split);
    expect((await openTab().restore(split))?.arrays).toEqual(converted.arrays);
    expect(await openTab().restore(Q4)).toBeNull();
  });

  test('can be read by two tabs at a time', async () => {
    await convertAndCommit();
    const [one, two] = await Promise.all([openTab().restore(Q4), openTab().restore(Q4)]);
    expect(one).not.toBeNull();
    expect(two).not.toBeNull();
  });

  test('stays when its restoring is cancelled', async () => {
    await convertAndCommit();
    const tab = openTab();
    // Reading is synchronous: without pauses the cancel would be heard when all is read.
    await tab.slowReads(300);
    let bytesDone = 0;
    const restoring = tab.restore(
      Q4,
      proxy((bytes: number) => {
        bytesDone = bytes;
        void tab.cancel();
      }),
    );
    await expect(restoring).rejects.toMatchObject({ name: 'Cancelled' });
    const [copy] = await tab.list();
    expect(bytesDone).toBeLessThan((copy?.bytes ?? 0) / 2);
    expect(await openTab().restore(Q4)).not.toBeNull();
  });
});

describe('half a copy', () => {
  test('never counts, and goes when copies are listed', async () => {
    await openTab().convert(Q4);
    closeTabs();
    expect(await fileNames()).toEqual(['a-q4.bin']);
    const other = openTab();
    expect(await other.restore(Q4)).toBeNull();
    await expect.poll(async () => [await other.list(), await fileNames()]).toEqual([[], []]);
  });

  test('leaves nothing when it is discarded', async () => {
    const tab = openTab();
    await tab.convert(Q4);
    await tab.discard();
    expect(await fileNames()).toEqual([]);
  });

  test('with a manifest cut short does not count', async () => {
    await convertAndCommit();
    await edit('a-q4.json', (bytes) => bytes.slice(0, bytes.length - 2));
    const tab = openTab();
    expect(await tab.restore(Q4)).toBeNull();
    expect(await tab.list()).toEqual([]);
    expect(await fileNames()).toEqual([]);
  });
});

describe('a damaged copy', () => {
  test.each([
    [
      'one changed bit in its middle',
      (bytes: Uint8Array<ArrayBuffer>) => {
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        return bytes;
      },
    ],
    ['a missing end', (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, bytes.length - 4)],
  ])('with %s is told, removed and read anew', async (_, change) => {
    const converted = await convertAndCommit();
    await edit('a-q4.bin', change);
    const tab = openTab();
    const ignore = proxy(() => undefined);
    const loaded = await tab.restore(Q4, ignore, true);
    expect(loaded?.arrays).toEqual(converted.arrays);
    expect(await tab.takeNotices()).toEqual([expect.stringMatching(/^the kept copy of .* is damaged/)]);
    expect(await fileNames()).toEqual([]);
  });
});

describe('storage that', () => {
  test('is too small is told with have and need, and the load goes on', async () => {
    const tab = openTab();
    await tab.shrinkStorage({ quota: 1000 });
    expect(await tab.convert(Q4)).toMatchObject({ kept: false });
    expect(await tab.takeNotices()).toEqual([
      expect.stringMatching(/not kept: they take 0\.\d MiB, and the browser allows this page 0\.0 MiB more$/),
    ]);
  });

  test('runs full midway costs the copy and not the load', async () => {
    const intact = await convertAndCommit();
    const tab = openTab();
    await tab.shrinkStorage({ writable: 20_000 });
    const { report, arrays } = await tab.convert(Q4);
    await tab.commit(report);
    expect(arrays).toEqual(intact.arrays);
    expect(await tab.takeNotices()).toEqual([expect.stringContaining('the storage is full')]);
    expect(await fileNames()).toEqual([]);
  });

  test('another tab is writing is left to it', async () => {
    const [one, two] = [openTab(), openTab()];
    const { report } = await one.convert(Q4);
    expect(await two.restore(Q4)).toBeNull();
    expect(await two.convert(Q4)).toMatchObject({ kept: false });
    expect(await two.takeNotices()).toEqual([expect.stringContaining('another tab')]);
    await expect(two.delete('a-q4')).rejects.toMatchObject({
      name: 'StoredWeightsBusy',
      place: { file: 'a-q4' },
    });
    expect(await two.list()).toEqual([]);
    await one.commit(report);
    expect(await two.restore(Q4)).not.toBeNull();
  });
});
