/** An architecture is added by its folder and its entry in the list: nothing else of the app knows this one. */
import { ort } from './testing/one-thread-ort.ts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openCheckpoint, readTensorBytes } from '../checkpoint/checkpoint.ts';
import { writeSafetensors } from '../checkpoint/testing/safetensors.ts';
import type * as List from '../vlm/architectures/list.ts';
import { TOY_VL } from '../vlm/architectures/testing/toy-vl.ts';
import { parseConfig } from '../vlm/config.ts';
import { WasmBackend } from './backend/wasm.ts';
import { Engine } from './engine.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { Subject, ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { Golden, GoldenCase } from './testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';

vi.mock('../vlm/architectures/list.ts', async (actual) => {
  const { ARCHITECTURES } = await actual<typeof List>();
  return { ARCHITECTURES: [...ARCHITECTURES, TOY_VL] };
});

const GOLDEN = 'untied-gqa4-f32';
const TOY = {
  model_type: 'toy_vl',
  language: { width: 64, heads: 4, layers: 3, kv_heads: 1, inner: 80, words: 400 },
  tower: { blocks: 3, width: 32, heads: 2, inner: 52, whole: [1] },
};

/** A golden checkpoint as the toy would be saved: the merger twice, under the toy's names. */
async function toyFolder(): Promise<Map<string, File>> {
  const files = await goldenFolder(readFromDisk, GOLDEN);
  const checkpoint = await openCheckpoint(files);
  const tensors = await Promise.all(
    [...checkpoint.tensors.values()].map(async (entry) => {
      const { name, dtype, shape } = entry;
      const stored = { dtype, shape, bytes: await readTensorBytes(checkpoint, entry) };
      const toys = name.replace('.ln_q.', '.norm.').replace('.mlp.0.', '.fc1.').replace('.mlp.2.', '.fc2.');
      if (!name.startsWith('visual.merger.')) return [{ ...stored, name }];
      return ['visual.merger.', 'visual.deepstack_merger_list.0.'].map((prefix) => ({
        ...stored,
        name: toys.replace('visual.merger.', prefix),
      }));
    }),
  );
  return new Map([
    ...[...files].filter(([name]) => !name.includes('safetensors') && !name.startsWith('chat_template')),
    ['config.json', new File([JSON.stringify(TOY)], 'config.json')],
    ['chat_template.jinja', files.get('chat_template.jinja') as File],
    ['model.safetensors', new File([writeSafetensors(tensors.flat())], 'model.safetensors')],
  ]);
}

describe('a toy architecture', () => {
  let engine: Engine;
  let golden: Golden;
  let opened: OpenedCheckpoint;
  let subject: Subject;
  let images: Awaited<ReturnType<typeof goldenImages>>;

  beforeAll(async () => {
    golden = await readGolden(readFromDisk, GOLDEN);
    images = await goldenImages(readFromDisk);
    engine = new Engine({
      createBackend: () => Promise.resolve(new WasmBackend(ort)),
      decodeImage: images.decode,
      ...INLINE,
    });
    const id = 'toy' as ModelId;
    opened = await engine.open(id, 'toy', await toyFolder());
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    subject = wholeModel(id, opened.layers);
  });

  const forward = async (item: GoldenCase) =>
    engine.forward({
      job: 'forward',
      subject,
      messages: item.messages,
      images: await Promise.all(item.images.map((image) => images.file(image))),
      capture: { hidden: 'all', visionEmbeddings: true },
    });

  it('opens, with both projectors at index 0 and nothing left over', () => {
    expect(opened).toMatchObject({ modelType: 'toy_vl', layers: 3, visionBlocks: 3, ignored: [] });
    expect(opened.notices).toContain('A toy is read.');
    // Both mergers: norm, 128 × 128 and 128 × 64, with biases, in float32.
    expect(opened.layerBytes.find(({ index }) => index === 0)?.bytes).toBe(
      2 * 4 * (32 + 128 * 128 + 128 + 64 * 128 + 64),
    );
  });

  it('reads text as the golden checkpoint does, and pictures with its second projector added', async () => {
    let pictures = 0;
    for (const [key, item] of Object.entries(golden.cases)) {
      const { rows, promptTokenIds, visionEmbeddings = [] } = await forward(item);
      const hidden = rows[0]?.hidden ?? [];
      expect(promptTokenIds, key).toEqual(item.inputIds);
      for (const before of [0, 1])
        expect(
          relativeError(hidden[before] ?? [], golden.tensor(`${key}.hidden.${before}`)),
          key,
        ).toBeLessThan(1e-4);
      const expected = golden.tensor(`${key}.hidden.2`).slice();
      const features = visionEmbeddings.flatMap((part) => [...part]);
      item.imagePositions.forEach((position, token) => {
        for (let d = 0; d < 64; d++)
          expected[position * 64 + d] =
            (expected[position * 64 + d] ?? NaN) + (features[token * 64 + d] ?? NaN);
      });
      expect(relativeError(hidden[2] ?? [], expected), key).toBeLessThan(1e-4);
      if (item.images.length > 0) pictures++;
      else
        expect(relativeError(rows[0]?.logits ?? [], golden.tensor(`${key}.logits`)), key).toBeLessThan(1e-3);
    }
    expect(pictures).toBeGreaterThan(0);
  });

  it('is named among those that are supported', () => {
    expect(() => parseConfig({ model_type: 'llama' }, 'config.json')).toThrow(
      /supported is Qwen2_5_VLForConditionalGeneration .* or ToyForConditionalGeneration \(model_type toy_vl\)/,
    );
  });
});
