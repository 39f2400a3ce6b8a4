/** Answers of a model that is read out of ONNX graphs, against transformers on the dequantized weights (`tools/quantized`). */
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readableFolder } from '../checkpoint/formats/open.ts';
import type { ChatMessage } from '../vlm/chat.ts';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
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

/** The seven projections of the layer and the head are taken code for code, loaded as this; the vision tower is decoded. */
const AS_STORED: Readonly<Record<string, readonly [dtype: 'q4' | 'q8', matrices: number]>> = {
  q4f16: ['q4', 8],
  quantized: ['q8', 8],
};

it.each(Object.entries(sets))(
  '%s: greedy tokens of transformers, with and without a picture',
  async (name, { files, answers }) => {
    const pictures = await goldenImages(readFromDisk);
    const engine = new Engine({
      ...INLINE,
      decodeImage: pictures.decode,
      createBackend: () => Promise.resolve(wasmBackend()),
    });
    const id = name as ModelId;
    await engine.open(id, name, await readableFolder(await exported(files)));
    const [packed, asStored] = AS_STORED[name] ?? [];
    for (const dtype of packed ? (['f32', packed] as const) : (['f32'] as const)) {
      const report = await engine.load(dtype, id, { device: 'wasm', dtype }, () => undefined);
      if (dtype !== 'f32') expect(report.stored).toEqual({ asStored, decoded: 8 });
      for (const { messages, images, tokens } of Object.values(answers)) {
        const given = await Promise.all(images.map((image) => pictures.file(image)));
        const subject = wholeModel(id, 1);
        const request = { job: 'ask', subject, messages, images: given, maxNewTokens: tokens.length };
        const { rows } = await engine.generate(request, () => undefined);
        expect(tokens.length).toBeGreaterThan(8);
        expect(rows[0]?.tokens, dtype).toEqual(tokens);
      }
    }
  },
);
