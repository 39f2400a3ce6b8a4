/** Tiny models with some layers in FP8, LLM.int8, NF4 and NVFP4, the rest as published: they answer as transformers does. */
import { readFileSync } from 'node:fs';
import { ort } from './testing/one-thread-ort.ts';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../checkpoint/byte-source.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { floatCases, rawTensors, type ReadFixture } from '../checkpoint/formats/testing/float-cases.ts';
import { safetensorsOf } from '../checkpoint/formats/testing/raw-tensors.ts';
import { parentOf } from '../checkpoint/formats/safetensors/activation-scales.ts';
import { WasmBackend } from './backend/wasm.ts';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';

interface Expected {
  readonly checkpoint: string;
  readonly tokens: readonly number[];
  readonly logits: readonly number[];
}

const DATA = new URL('../../tools/quantized/data/floats/', import.meta.url);
const read: ReadFixture = (file) => new Uint8Array(readFileSync(new URL(file, DATA)));
const MODELS = JSON.parse(new TextDecoder().decode(read('models/expected.json'))) as Record<string, Expected>;
const CASES = await floatCases(read);

/** A golden folder whose weights give way to the stored tensors of their modules. */
async function modelFolder(name: string, checkpoint: string): Promise<Map<string, ByteSource>> {
  const files = new Map<string, ByteSource>(await goldenFolder(readFromDisk, checkpoint));
  const stored = await rawTensors(read(`models/${name}.safetensors`));
  const modules = new Set([...stored.keys()].map((key) => key.slice(0, key.indexOf('_proj') + 5)));
  const plain = await rawTensors(await readFromDisk(`checkpoints/${checkpoint}/model.safetensors`));
  const kept = [...plain].filter(([key]) => !key.endsWith('.weight') || !modules.has(parentOf(key)));
  const config = JSON.parse(
    new TextDecoder().decode(await readFromDisk(`checkpoints/${checkpoint}/config.json`)),
  ) as object;
  const declared = { ...config, quantization_config: CASES.get(name)?.declared };
  files.set('config.json', new File([JSON.stringify(declared)], 'config.json'));
  const weights = safetensorsOf(new Map([...stored, ...kept]));
  return files.set('model.safetensors', new File([weights], 'model.safetensors'));
}

describe('weights in stored floats', () => {
  it.each(Object.entries(MODELS))('answer as transformers does: %s', async (name, expected) => {
    const images = await goldenImages(readFromDisk);
    const engine = new Engine({
      ...INLINE,
      decodeImage: images.decode,
      createBackend: () => Promise.resolve(new WasmBackend(ort)),
    });
    const id = name as ModelId;
    const files = await readableFolder(await modelFolder(name, expected.checkpoint));
    const { layers } = await engine.open(id, name, files);
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    const { cases } = await readGolden(readFromDisk, expected.checkpoint);
    const messages = cases['text']?.messages ?? [];
    const asked = { job: 'job', subject: wholeModel(id, layers), messages, images: [] };
    const { rows } = await engine.forward(asked);
    const error = relativeError(rows[0]?.logits as Float32Array, Float32Array.from(expected.logits));
    // The expected logits have five digits.
    expect(error).toBeLessThan(1e-4);
    const answer = await engine.generate({ ...asked, maxNewTokens: 16 }, () => undefined);
    expect(answer.rows[0]?.tokens).toEqual(expected.tokens);
    await engine.close(id);
  });
});
