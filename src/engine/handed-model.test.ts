/** A checkpoint that one engine has loaded and another takes over: the same answers, and nothing of its weights read again. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { Engine } from './engine.ts';
import type { HandedModel } from './handed-model.ts';
import type { LoadOptions } from './protocol/loading.ts';
import { type ModelId, wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { goldenFolder } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const OPTIONS: LoadOptions = { device: 'wasm', dtype: 'q8' };
const ID = 'a' as ModelId;

function engineOf(): Engine {
  return new Engine({
    ...INLINE,
    decodeImage: () => Promise.reject(new Error('no images here')),
    createBackend: () => Promise.resolve(wasmBackend()),
  });
}

let files: CheckpointFiles;
let first: Engine;
/** As a message brings it. */
let handed: HandedModel;
beforeAll(async () => {
  files = await goldenFolder(readFromDisk, 'tied-gqa1-bf16-old');
  first = engineOf();
  await first.open(ID, 'a', files);
  expect(first.handOver(ID)).toBeNull();
  await first.load('load', ID, OPTIONS, () => undefined);
  handed = structuredClone(first.handOver(ID)) as HandedModel;
});

const logits = async (engine: Engine, layers: number) => {
  const subject = wholeModel(ID, layers);
  const { rows } = await engine.forward({
    job: 'ask',
    subject,
    prompt: 'How many?',
  });
  return rows;
};

describe('a model that is handed over', () => {
  it('answers to the bit as where it was loaded, and is the same checkpoint', async () => {
    const second = engineOf();
    const summary = await second.takeOver(ID, 'a', files, handed, OPTIONS);
    const { checkpoint } = first.modelFolder(ID);
    expect(summary.fingerprint).toBe(checkpoint.fingerprint);
    const [here, there] = [await logits(first, summary.layers), await logits(second, summary.layers)];
    expect(here[0]?.logits.length).toBeGreaterThan(100);
    expect(there).toEqual(here);
    // It can be handed on, and no array is left out.
    expect(second.handOver(ID)).toEqual(handed);
  });

  it('is opened without its weights: none of their bytes are read', async () => {
    const weights = new Set(handed.checkpoint.weightFiles);
    const unread = new Map(
      [...files].map(([name, source]): [string, ByteSource] => [
        name,
        weights.has(name) ? { ...source, size: source.size, slice: () => fail(name) } : source,
      ]),
    );
    await expect(engineOf().takeOver(ID, 'a', unread, handed, OPTIONS)).resolves.toMatchObject({ name: 'a' });
    await expect(engineOf().open(ID, 'a', unread)).rejects.toMatchObject({ name: 'FileUnreadable' });
  });

  it('has each array in a buffer of its own, which can be given away', () => {
    const buffers = new Set(handed.weights.map(([, { buffer }]) => buffer));
    expect(buffers.size).toBe(handed.weights.length);
    expect(handed.weights.every(([, bytes]) => bytes.byteLength === bytes.buffer.byteLength)).toBe(true);
  });
});

function fail(name: string): never {
  throw new Error(`${name} is read`);
}
