/** Folders of quantized weights answer as transformers does with the values they stand for (`tools/quantized`). */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { heldTensors } from '../checkpoint/formats/testing/integer-cases.ts';
import { heldSource } from '../checkpoint/testing/held-source.ts';
import { writeSafetensors } from '../checkpoint/testing/safetensors.ts';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { GoldenAnswer } from './testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const DATA = new URL('../../tools/quantized/data/integers/', import.meta.url);

interface Expected {
  readonly base: string;
  readonly case: string;
  readonly quantization_config: object;
  readonly greedy: GoldenAnswer;
}

async function fixture(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(file, DATA)));
}

/** The base's folder with its matrices replaced by quantized ones: all in one file, and declared. */
async function quantizedFolder(
  name: string,
  { base, quantization_config }: Expected,
): Promise<CheckpointFiles> {
  const files = new Map(await goldenFolder(readFromDisk, base));
  const stored = await heldTensors(await fixture(`model-${name}.safetensors`), name);
  const quantized = stored.filter((tensor) => !tensor.name.startsWith('expected/'));
  const replaced = new Set(
    quantized.map((tensor) => tensor.name.replace(/\.(qweight|weight_packed|weight)$/, '.weight')),
  );
  const weights = [...files.keys()].filter((file) => file.includes('.safetensors'));
  const plain = await Promise.all(
    weights
      .filter((file) => file.endsWith('.safetensors'))
      .map(async (file) => heldTensors(await readFromDisk(`checkpoints/${base}/${file}`), file)),
  );
  const kept = plain.flat().filter((tensor) => !replaced.has(tensor.name));
  for (const file of weights) files.delete(file);
  const config = JSON.parse((await files.get('config.json')?.text()) ?? '{}') as object;
  const text = JSON.stringify({ ...config, quantization_config });
  return new Map([
    ...files,
    ['config.json', new File([text], 'config.json')],
    ['model.safetensors', heldSource('model.safetensors', writeSafetensors([...kept, ...quantized]))],
  ]);
}

describe('a model of quantized weights', () => {
  it.each([
    ['gptq', 'GPTQ, 4 bits in groups of 32'],
    ['awq', 'AWQ, 4 bits in groups of 8'],
    ['compressed-tensors', 'compressed-tensors, 4 and 5 and 8 bits in groups of 16'],
  ])('answers as transformers does: %s', async (name, label) => {
    const expected = JSON.parse(new TextDecoder().decode(await fixture(`model-${name}.json`))) as Expected;
    const files = await readableFolder(await quantizedFolder(name, expected));
    const opened = await openCheckpoint(files);
    expect(opened.format).toBe(label);
    expect(opened.notices).toEqual([]);
    const item = (await readGolden(readFromDisk, expected.base)).cases[expected.case];
    if (!item) throw new RangeError(`no case ${expected.case}`);
    const images = await goldenImages(readFromDisk);
    const engine = new Engine({
      ...INLINE,
      decodeImage: images.decode,
      createBackend: () => Promise.resolve(wasmBackend()),
    });
    const id = name as ModelId;
    const norms = [...opened.tensors.keys()].filter((tensor) => tensor.endsWith('.input_layernorm.weight'));
    await engine.open(id, name, files);
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    const request = {
      job: name,
      subject: { layers: norms.map(() => id), rest: id },
      messages: item.messages,
      images: await Promise.all(item.images.map((image) => images.file(image))),
    };
    const { rows } = await engine.forward(request);
    const held = await heldTensors(await fixture(`model-${name}.safetensors`), name);
    const logits = held.find((tensor) => tensor.name === 'expected/logits');
    if (!logits) throw new RangeError('no logits');
    expect(relativeError(rows[0]?.logits ?? [], toFloat32(logits.bytes, logits.dtype))).toBeLessThan(1e-4);
    const answer = await engine.generate({ ...request, maxNewTokens: 16 }, () => undefined);
    const { tokens, compared } = expected.greedy;
    expect(compared).toBeGreaterThanOrEqual(Math.min(16, tokens.length));
    expect(answer.rows[0]?.tokens).toEqual(tokens.slice(0, 16));
    // The quantized answer is another than that of the weights as they were.
    expect(tokens.slice(0, 16)).not.toEqual(item.greedy.tokens.slice(0, 16));
  });
});
