import { wrap } from 'comlink';
import { afterEach, expect, test } from 'vitest';
import type { Keeping } from './testing/parts-worker.ts';

const worker = new Worker(new URL('./testing/parts-worker.ts', import.meta.url), { type: 'module' });
const keeping = wrap<Keeping>(worker);

async function weights(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle('weights', { create: true });
}

afterEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('weights', { recursive: true });
});

test('a layer comes back from a kept copy to the byte, and nothing where the copy does not serve', async () => {
  const dates = { 'model.safetensors': 7 };
  expect(await keeping.again(dates, 1)).toBeNull();
  const converted = await keeping.keep(dates, 1);
  expect(converted.size).toBeGreaterThan(10);
  expect(await keeping.again(dates, 1)).toEqual(converted);
  expect(await keeping.again({ 'model.safetensors': 8 }, 1)).toBeNull();

  const handle = await (await weights()).getFileHandle('part-q4.bin');
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const writable = await handle.createWritable();
  await writable.write(bytes.map((byte) => byte ^ 1));
  await writable.close();
  expect(await keeping.again(dates, 1)).toBeNull();
});
