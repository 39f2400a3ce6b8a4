/** Answers of a model that is read out of ONNX graphs, against transformers on the dequantized weights (`tools/quantized`). */
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readableFolder } from '../checkpoint/formats/open.ts';
import type { ChatMessage } from '../vlm/chat.ts';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { readFromDisk, wasmBackend } from './testing/golden-model.ts';
import { goldenFolder, goldenImages } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const DATA = new URL('../../tools/quantized/data/onnx/', import.meta.url);
/** Whose tokenizer and processor the exports have. */
const BASE = 'untied-gqa2-f16';

interface Answer {
  readonly messages: readonly ChatMessage[];
  readonly images: readonly string[];
  readonly tokens: readonly number[];
}

interface Exported {
  readonly files: readonly string[];
  readonly answers: Readonly<Record<string, Answer>>;
}

const { sets } = JSON.parse(await readFile(new URL('expected.json', DATA), 'utf8')) as {
  readonly sets: Readonly<Record<string, Exported>>;
};

async function exported(graphs: readonly string[]): Promise<Map<string, File>> {
  const files = await goldenFolder(readFromDisk, BASE);
  files.delete('model.safetensors');
  const names = (await readdir(new URL('onnx/', DATA))).filter((name) =>
    graphs.some((graph) => name.startsWith(graph)),
  );
  for (const path of ['config.json', ...names.map((name) => `onnx/${name}`)]) {
    files.set(path, new File([await readFile(new URL(path, DATA))], path));
  }
  return files;
}

it.each(Object.entries(sets))(
  '%s: greedy tokens of transformers, with and without a picture',
  async (name, expected) => {
    const pictures = await goldenImages(readFromDisk);
    const engine = new Engine({
      ...INLINE,
      decodeImage: pictures.decode,
      createBackend: () => Promise.resolve(wasmBackend()),
    });
    const id = name as ModelId;
    await engine.open(id, name, await readableFolder(await exported(expected.files)));
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    for (const { messages, images, tokens } of Object.values(expected.answers)) {
      const files = await Promise.all(images.map((image) => pictures.file(image)));
      const subject = wholeModel(id, 1);
      const request = { job: 'ask' as const, subject, messages, images: files, maxNewTokens: tokens.length };
      const { rows } = await engine.generate(request, () => undefined);
      expect(tokens.length).toBeGreaterThan(8);
      expect(rows[0]?.tokens).toEqual(tokens);
    }
  },
);
