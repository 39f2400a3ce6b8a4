/** What stays open and loaded from one request to the next. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { EngineClient } from '../engine/client.ts';
import type { LoadedModel, LoadOptions } from '../engine/protocol/loading.ts';
import type { ModelId } from '../engine/subject.ts';
import { NamedError } from '../named-error.ts';
import { openWeights } from '../vlm/stored-head.ts';
import { KeptEngine } from './kept-engine.ts';
import { KeptModels } from './kept-models.ts';
import { weightsFolder } from './testing/identity-stage.ts';

const GIB = 2 ** 30;
const { signal } = new AbortController();
const WASM: LoadOptions = { device: 'wasm', dtype: 'f32' };
const GPU: LoadOptions = { device: 'webgpu', dtype: 'f32' };

beforeEach(() => vi.stubGlobal('navigator', { deviceMemory: 8, hardwareConcurrency: 4 }));
afterEach(() => vi.unstubAllGlobals());

/** An engine in which every model takes `bytes`; of a stated memory, what is more takes turns. */
function stage(bytes = 1, lanes = 0) {
  const [opened, loaded, told] = [new Set<string>(), new Set<string>(), [] as string[]];
  const engine = {
    async open(name: string, files: CheckpointFiles) {
      const { fingerprint } = await openWeights(files);
      const id = `${name}-${told.filter((line) => line.startsWith('open')).length}` as ModelId;
      opened.add(id);
      told.push(`open ${id}`);
      return { id, name, fingerprint };
    },
    close(id: string) {
      opened.delete(id);
      loaded.delete(id);
      told.push(`close ${id}`);
      return Promise.resolve();
    },
    unload(id: string) {
      loaded.delete(id);
      told.push(`unload ${id}`);
      return Promise.resolve();
    },
    estimate(_: string, { memory = Infinity }: LoadOptions) {
      const held = bytes * loaded.size;
      const turns = held + bytes > memory ? { turns: { bytesReadAgain: 1, seconds: null } } : {};
      return Promise.resolve({ fits: true, totalBytes: bytes, alreadyHeldBytes: held, ...turns });
    },
  };
  const models = new KeptModels(engine as unknown as EngineClient, lanes);
  /** A request that opens and loads these folders; returns their ids. */
  const request = async (folders: Readonly<Record<string, string>>, options = WASM): Promise<string[]> => {
    models.begin(new Set(Object.values(folders).flatMap((stamp) => stamp.split(' '))));
    const ids: string[] = [];
    for (const [name, stamp] of Object.entries(folders)) {
      const { id } = await models.open({ name, stamp, files: weightsFolder(1) }, signal);
      await models.load(id, options, () => {
        loaded.add(id);
        told.push(`load ${id}`);
        return Promise.resolve({
          id,
          seconds: 3,
          bytesRead: 9,
          hashes: { w: 'h' },
        } as unknown as LoadedModel);
      });
      ids.push(id);
    }
    await models.endRequest();
    return ids;
  };
  return { models, request, opened, loaded, told };
}

test('the same folder is taken again, opened and loaded; of a load that is not made nothing was read', async () => {
  const { models, request, told } = stage();
  const [first] = await request({ rl: 's' });
  expect(await request({ rl: 's' })).toEqual([first]);
  expect(told).toEqual([`open ${first}`, `load ${first}`]);
  models.begin(new Set(['s']));
  const { id } = await models.open({ name: 'rl', stamp: 's', files: weightsFolder(1) }, signal);
  const loaded = await models.load(id, WASM, () => Promise.reject(new Error('not asked for')));
  // Hashes are what a load says of the weights: every request has them.
  expect(loaded).toMatchObject({ id, seconds: 0, bytesRead: 0, hashes: { w: 'h' } });
});

test('another stamp, another name and another dtype are not the same', async () => {
  const { request, told } = stage();
  const [first] = await request({ rl: 's' });
  const [second] = await request({ rl: 't' });
  told.length = 0;
  expect(await request({ rl: 's' }, { ...WASM, dtype: 'q8' })).toEqual([first]);
  expect(told).toEqual([`load ${first}`]);
  const [third] = await request({ in: 's' });
  expect(new Set([first, second, third]).size).toBe(3);
});

test('a folder of other contents under one stamp is opened anew, and so is one that cannot be read', async () => {
  const { models, told } = stage();
  let scale = 1;
  const unsteady = (): CheckpointFiles =>
    new Map([
      [
        'model.safetensors',
        {
          name: 'model.safetensors',
          size: (weightsFolder(1).get('model.safetensors') as File).size,
          slice: (start: number, end: number) => {
            if (scale === 0) throw new DOMException('gone', 'NotReadableError');
            return (weightsFolder(scale).get('model.safetensors') as File).slice(start, end);
          },
        },
      ],
    ]);
  const open = async (files: CheckpointFiles) => {
    models.begin(new Set(['s']));
    const { id } = await models.open({ name: 'rl', stamp: 's', files }, signal);
    await models.endRequest();
    return id;
  };
  const first = await open(unsteady());
  expect(await open(unsteady())).toBe(first);
  scale = 2;
  const second = await open(unsteady());
  expect(second).not.toBe(first);
  scale = 0;
  const third = await open(weightsFolder(1));
  expect(told).toEqual([
    ...[`open ${first}`, `close ${first}`, `open ${second}`, `close ${second}`, `open ${third}`],
  ]);
});

test('a cancel while a kept folder is looked at leaves it kept', async () => {
  const { models, request, opened } = stage();
  const [first] = await request({ rl: 's' });
  const controller = new AbortController();
  controller.abort(new NamedError('Cancelled', 'cancelled', {}, ''));
  models.begin(new Set(['s']));
  const opening = models.open({ name: 'rl', stamp: 's', files: weightsFolder(1) }, controller.signal);
  await expect(opening).rejects.toMatchObject({ name: 'Cancelled' });
  await models.endRequest();
  expect([...opened]).toEqual([first]);
  expect(await request({ rl: 's' })).toEqual([first]);
});

test('what a request does not name is given back, oldest first, where a load does not fit beside it', async () => {
  // Two fit into the quarter.
  const { request, loaded } = stage(GIB);
  const [a] = await request({ a: 'a' }, GPU);
  const [b] = await request({ b: 'b' }, GPU);
  expect([...loaded]).toEqual([a, b]);
  await request({ a: 'a' }, GPU);
  const [c] = await request({ c: 'c' }, GPU);
  expect([...loaded]).toEqual([a, c]);
  // What is named stays, however much it is.
  const named = await request({ a: 'a', c: 'c', d: 'd' }, GPU);
  expect([...loaded]).toEqual(named);
  await request({ a: 'a', c: 'c', d: 'd' }, GPU);
  expect([...loaded]).toEqual(named);
});

test('on WASM lanes count, and where memory is stated it is the measure: nothing that takes turns stays unnamed', async () => {
  const withLanes = stage(GIB / 4, 4);
  await withLanes.request({ a: 'a' });
  const [b] = await withLanes.request({ b: 'b' });
  expect([...withLanes.loaded]).toEqual([b]);
  const stated = stage(GIB);
  const memory = { ...GPU, memory: 3 * GIB };
  for (const name of ['a', 'b', 'c', 'd']) await stated.request({ [name]: name }, memory);
  expect(stated.loaded.size).toBe(3);
});

test('a model that is named in another dtype is unloaded before the first load', async () => {
  const { request, told } = stage();
  const [a, b] = await request({ a: 'a', b: 'b' });
  told.length = 0;
  await request({ a: 'a', b: 'b' }, { ...WASM, dtype: 'q4' });
  expect(told).toEqual([`unload ${b}`, `load ${a}`, `load ${b}`]);
});

test('a folder that is named twice is opened twice, and an adapter on its base is known by both', async () => {
  const { models, request, opened } = stage();
  models.begin(new Set(['s']));
  const open = () => models.open({ name: 'rl', stamp: 's', files: weightsFolder(1) }, signal);
  const [one, two] = [await open(), await open()];
  expect(one.id).not.toBe(two.id);
  await models.endRequest();
  models.begin(new Set(['s']));
  expect([(await open()).id, (await open()).id]).toEqual([one.id, two.id]);
  await models.endRequest();
  const [adapted] = await request({ 'lora on base': 'l b' });
  expect(await request({ 'lora on base': 'l b' })).toEqual([adapted]);
  expect(opened.size).toBe(3);
});

test('folders of one request alone are closed with it, and of others eight stay', async () => {
  const { models, request, opened } = stage();
  const { id } = await models.open({ name: 'merge', stamp: null, files: weightsFolder(1) }, signal);
  expect([...opened]).toEqual([id]);
  await models.endRequest();
  expect([...opened]).toEqual([]);
  for (let count = 0; count < 20; count++) await request({ [`model ${count}`]: `${count}` });
  expect(opened.size).toBe(9);
});

test('another value of a flag is another engine, and so is one after a failure; the old one ends', async () => {
  const made: { readonly lanes: number | undefined; ended: boolean }[] = [];
  const kept = new KeptEngine((lanes) => {
    const engine = { lanes, ended: false };
    made.push(engine);
    return { end: () => Promise.resolve((engine.ended = true)) } as unknown as EngineClient;
  });
  const none = { lanes: undefined, memory: undefined, device: undefined };
  const { client } = kept.of(none, false);
  await kept.endRequest(true);
  expect(kept.of(none, false).client).toBe(client);
  for (const flags of [{ lanes: 2 }, { memory: '1GB' }, { device: 'wasm' }]) {
    kept.of({ ...none, ...flags }, false);
    expect(made.map(({ ended }) => ended)).toEqual([...made.slice(1).map(() => true), false]);
  }
  expect(made.map(({ lanes }) => lanes)).toEqual([undefined, 2, undefined, undefined]);
  const again = { ...none, device: 'wasm' };
  kept.of(again, true);
  expect(made).toHaveLength(5);
  await kept.endRequest(false);
  expect(made.every(({ ended }) => ended)).toBe(true);
  kept.of(again, false);
  expect(made).toHaveLength(6);
});
