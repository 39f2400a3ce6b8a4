/** Several loads at once, cancels while waiting, and a checkpoint closed while it is loaded. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { LoadOptions } from './protocol/loading.ts';
import type { ModelId } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { goldenFolder } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';
import { WeightArrays } from './weights/arrays.ts';

const OPTIONS: LoadOptions = { device: 'wasm', dtype: 'f32' };
const [A, B] = ['a', 'b'] as [string & ModelId, string & ModelId];
const nothing = (): void => undefined;

let engine: Engine;
/** Lets conversion go on. */
let open: () => void;
/** Resolves once something is being converted. */
let converting: Promise<void>;

beforeEach(async () => {
  const gate = new Promise<void>((resolve) => (open = resolve));
  let begun = nothing;
  converting = new Promise((resolve) => (begun = resolve));
  engine = new Engine({
    ...INLINE,
    convert: async (...piece) => {
      begun();
      await gate;
      return INLINE.convert(...piece);
    },
    decodeImage: () => Promise.reject(new Error('no images here')),
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  const files = await goldenFolder(readFromDisk, 'tied-gqa1-bf16-old');
  for (const id of [A, B]) await engine.open(id, id, files);
});

const load = (id: ModelId, job = `load ${id}`) => engine.load(job, id, OPTIONS, nothing);
const held = async (): Promise<number> => (await engine.estimate(A, OPTIONS)).alreadyHeldBytes;

describe('two loads at once', () => {
  it('of different checkpoints come one after the other', async () => {
    const [first, second] = [load(A), load(B)];
    let done = false;
    void second.then(() => (done = true));
    await converting;
    open();
    const { weightBytes } = await first;
    expect(done).toBe(false);
    await second;
    // Of one folder: the arrays are held once, and graphs carry them for each.
    expect(await held()).toBe(3 * weightBytes);
  });

  it('of one checkpoint are one too many', async () => {
    const first = load(A);
    await expect(load(A, 'again')).rejects.toMatchObject({ name: 'AlreadyLoading' });
    open();
    const { weightBytes } = await first;
    // Once it is loaded, loading it again is in order, and leaves it there once.
    await load(A, 'again');
    expect(await held()).toBe(2 * weightBytes);
  });
});

it('memory that there is not is refused by name', async () => {
  const tooMuch = [2 ** 40];
  const backend = wasmBackend();
  await expect(backend.zeros('float32', tooMuch)).rejects.toMatchObject({ name: 'OutOfMemory' });
  const slot = { name: 'w', type: 'float32', dims: tooMuch } as const;
  await expect(new WeightArrays(backend).allocate(slot)).rejects.toMatchObject({ name: 'OutOfMemory' });
});

it('a device that cannot be made ready is refused by name, and asked for anew the next time', async () => {
  let fails = true;
  const shaky = new Engine({
    ...INLINE,
    decodeImage: () => Promise.reject(new Error('no images here')),
    createBackend: () =>
      fails ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(wasmBackend()),
  });
  await expect(shaky.backend('wasm')).rejects.toMatchObject({ name: 'ModuleUnavailable' });
  fails = false;
  await expect(shaky.backend('wasm')).resolves.toMatchObject({ device: 'wasm' });
});

it('a load cancelled while it waits ends at once', async () => {
  const first = load(A);
  const second = load(B);
  await converting;
  engine.cancel(`load ${B}`);
  await expect(second).rejects.toMatchObject({ name: 'Cancelled' });
  open();
  await first;
  expect(await held()).toBe(2 * (await load(A)).weightBytes);
});

it('a checkpoint closed while it is loaded leaves nothing behind', async () => {
  const first = load(A);
  first.catch(nothing);
  await converting;
  const closed = engine.close(A);
  open();
  await closed;
  await expect(first).rejects.toMatchObject({ name: 'Cancelled' });
  expect((await engine.estimate(B, OPTIONS)).alreadyHeldBytes).toBe(0);
});
