import { expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { goldenFolder, goldenImages } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';

it('an estimate counts what loaded models hold on WASM, until they are unloaded', async () => {
  const { decode, file } = await goldenImages(readFromDisk);
  const createBackend = () => Promise.resolve(wasmBackend());
  const engine = new Engine({ ...INLINE, decodeImage: decode, createBackend });
  const [a, b] = ['untied-gqa2-f16', 'untied-gqa2-f16-b'] as ModelId[] as [ModelId, ModelId];
  for (const id of [a, b]) await engine.open(id, id, await goldenFolder(readFromDisk, id));
  const options = { device: 'wasm', dtype: 'f32' } as const;
  const held = async (): Promise<number> => (await engine.estimate(b, options)).alreadyHeldBytes;
  expect(await held()).toBe(0);

  const { weightBytes } = await engine.load('load', a, options, () => undefined);
  expect(weightBytes).toBeGreaterThan(100_000);
  expect(await held()).toBe(2 * weightBytes);
  expect((await engine.estimate(a, options)).weightBytes).toBe(2 * weightBytes);

  const { layers } = engine.folder(a).summary;
  const images = [await file('square')];
  const request = { job: 'ask', subject: wholeModel(a, layers), prompt: 'What is this?', images };
  await engine.generate({ ...request, maxNewTokens: 3 }, () => undefined);
  expect(await held()).toBe(2 * weightBytes);
  await engine.unload(a);
  expect(await held()).toBe(0);
});

it('a capture of a prompt without an image is refused by name', async () => {
  const { decode } = await goldenImages(readFromDisk);
  const engine = new Engine({
    ...INLINE,
    decodeImage: decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  const id = 'untied-gqa2-f16' as ModelId;
  const { layers } = await engine.open(id, id, await goldenFolder(readFromDisk, id));
  await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  const request = { job: 'capture', subject: wholeModel(id, layers), prompt: 'Hello' };
  await expect(engine.captureImageKv(request)).rejects.toMatchObject({ name: 'NoImageTokens' });
});
