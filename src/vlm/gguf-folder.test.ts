/** What GGUF files say of a model, read as the Hugging Face folder that they were converted from (tools/quantized/gguf_files.py). */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { openCheckpoint, readTensorBytes, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import { ggufFile, type Key, type WrittenTensor } from '../checkpoint/formats/gguf/testing/gguf-file.ts';
import type { ReadType } from '../checkpoint/formats/gguf/ggml-types.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { failureOf, folder } from '../checkpoint/testing/files.ts';
import { readConfig } from './config.ts';
import { openModelFolder } from './model-folder.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';
import { readTokenizerFiles } from './tokenizer-files.ts';
import { openAnyFolder } from './weights-folder.ts';
import { readPreprocessors, preprocessorFor } from './image-processor-files.ts';
import { architectureOf } from './architecture.ts';

const ROOT = new URL('../../tools/', import.meta.url);
const bytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(path, ROOT)));
const json = <T>(path: string): T => JSON.parse(new TextDecoder().decode(bytes(path))) as T;

/** What the converter made of a golden checkpoint. */
interface Conversion {
  readonly language: readonly Key[];
  readonly vision: readonly Key[];
  /** By Hugging Face's name: the file's names, each with what it is of the tensor. */
  readonly tensors: Readonly<Record<string, readonly (readonly [name: string, part: string])[]>>;
}

const FILES: Readonly<Record<string, readonly string[]>> = {
  'qwen2-untied-bf16-old': ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
  'qwen3-tied-f16': ['model.safetensors'],
};

const goldenPath = (name: string, file: string): string => `goldens/data/checkpoints/${name}/${file}`;

function golden(name: string): CheckpointFiles {
  const small = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];
  const index = (FILES[name]?.length ?? 0) > 1 ? ['model.safetensors.index.json'] : [];
  const files = [...small, ...index, ...(FILES[name] ?? [])];
  return folder(Object.fromEntries(files.map((file) => [file, bytes(goldenPath(name, file))])));
}

/** The part of a tensor that the converter stores under a name of its own, as bytes. */
function partOf(
  whole: Uint8Array,
  shape: readonly number[],
  part: string,
): { shape: number[]; bytes: Uint8Array } {
  if (part.startsWith('row')) {
    const third = whole.length / 3;
    const at = Number(part.at(-1)) * third;
    return { shape: [(shape[0] as number) / 3, ...shape.slice(1)], bytes: whole.slice(at, at + third) };
  }
  if (part === '') return { shape: [...shape], bytes: whole };
  const [out = 0, channels = 0, frames = 0, ...kernel] = shape;
  const size = whole.length / (out * channels * frames);
  const picked = new Uint8Array(whole.length / frames);
  for (let plane = 0; plane < out * channels; plane += 1) {
    const from = (plane * frames + Number(part.at(-1))) * size;
    picked.set(whole.subarray(from, from + size), plane * size);
  }
  return { shape: [out, channels, ...kernel], bytes: picked };
}

async function converted(name: string, source: Checkpoint): Promise<Map<string, File>> {
  const { language, vision, tensors } = json<Conversion>(`quantized/data/gguf/${name}.json`);
  const files: Record<'language' | 'vision', WrittenTensor[]> = { language: [], vision: [] };
  const byStored = new Map([...source.tensors.values()].map((entry) => [entry.storedName, entry]));
  for (const [stored, pieces] of Object.entries(tensors)) {
    const entry = byStored.get(stored);
    if (!entry) throw new RangeError(`no tensor ${stored}`);
    const whole = await readTensorBytes(source, entry);
    for (const [piece, part] of pieces) {
      const file = /^(v|mm)\./.test(piece) ? files.vision : files.language;
      file.push({ name: piece, type: entry.dtype as ReadType, ...partOf(whole, entry.shape, part) });
    }
  }
  return new Map([
    ['model.gguf', new File([ggufFile(language, files.language)], 'model.gguf')],
    ['mmproj.gguf', new File([ggufFile(vision, files.vision)], 'mmproj.gguf')],
  ]);
}

describe.each(Object.keys(FILES))('%s, converted', (name) => {
  let source: Checkpoint;
  let files: Map<string, File>;
  let readable: CheckpointFiles;
  beforeAll(async () => {
    source = await openCheckpoint(golden(name));
    files = await converted(name, source);
    readable = await readableFolder(files);
  });

  it('has every tensor, bit for bit, under its own name', async () => {
    const made = await openCheckpoint(readable);
    expect([...made.tensors.keys()].sort()).toEqual([...source.tensors.keys()].sort());
    for (const [key, entry] of source.tensors) {
      const own = made.tensors.get(key);
      if (!own) throw new RangeError(key);
      expect([key, own.storedName, own.shape]).toEqual([key, entry.storedName, entry.shape]);
      const values = toFloat32(await readTensorBytes(made, own), own.dtype);
      expect(values, key).toEqual(toFloat32(await readTensorBytes(source, entry), entry.dtype));
    }
  });

  it('has the config of its folder', async () => {
    const { config } = await openModelFolder(readable, { name });
    const own = json(goldenPath(name, 'config.json'));
    const expected = readConfig(own, 'config.json', json(goldenPath(name, 'generation_config.json'))).config;
    expect({ ...config, tokens: { ...config.tokens, eos: new Set(config.tokens.eos) } }).toEqual({
      ...expected,
      tokens: { ...expected.tokens, eos: new Set(expected.tokens.eos) },
    });
  });

  it('takes pictures as its folder does, but for limits that the files do not state', async () => {
    const { config } = await openModelFolder(readable, { name });
    const architecture = architectureOf(config);
    const read = async (files: CheckpointFiles) => {
      const { preprocessors } = await readPreprocessors(files, config.vision, architecture);
      const { normalize, ...rest } = preprocessorFor(preprocessors, 'transformers-5');
      const rounded = (numbers: readonly number[] = []): number[] => numbers.map(Math.fround);
      return { ...rest, mean: rounded(normalize?.mean), std: rounded(normalize?.std) };
    };
    const { minPixels, maxPixels } = architecture.imageDefaults;
    expect(await read(readable)).toEqual({ ...(await read(golden(name))), minPixels, maxPixels });
    const { notices } = await openCheckpoint(readable);
    expect(notices.map(({ text }) => text).join()).toMatch(/how large pictures may be/);
  });

  it('says what it is', async () => {
    const { format, tensors } = await openCheckpoint(readable);
    // What a merge writes of a tensor that is put together.
    const dtype = source.tensors.get('model.norm.weight')?.dtype;
    expect(tensors.get('visual.patch_embed.proj.weight')?.plainDtype).toBe(dtype);
    expect(format).toMatch(/^GGUF, (F16|BF16)( and F32)?; vision in (F16|BF16)( and F32)?$/);
  });
});

describe('a vocabulary', () => {
  const file = (name: string): File => new File([bytes(`quantized/data/gguf/${name}`)], name);
  const MIXED = new Map([
    ['tiny.gguf', file('mixed.gguf')],
    ['mmproj.gguf', file('mixed-mmproj.gguf')],
  ]);
  let own: Tokenizer;
  let original: Tokenizer;
  beforeAll(async () => {
    own = createTokenizer(await readTokenizerFiles(await readableFolder(MIXED)));
    const names = ['tokenizer.json', 'tokenizer_config.json'];
    const files = folder(
      Object.fromEntries(names.map((one) => [one, bytes(goldenPath('untied-gqa2-f16', one))])),
    );
    original = createTokenizer(await readTokenizerFiles(files));
  });

  const { strings, templates } = json<{
    strings: readonly { text: string; ids: number[]; decoded: string }[];
    templates: readonly {
      messages: Parameters<Tokenizer['applyChatTemplate']>[0];
      addGenerationPrompt: boolean;
      addVisionId: boolean;
      text: string;
    }[];
  }>('goldens/data/text.json');

  it(`makes the ids that Hugging Face's tokenizer makes of ${strings.length} texts`, () => {
    for (const { text, ids, decoded } of strings) {
      expect(own.encode(text), text).toEqual(ids);
      expect(own.decode(ids, { skipSpecial: false }), text).toBe(decoded);
    }
  });

  it('shows of an answer what the original shows', () => {
    for (let id = 0; id < 400; id += 1)
      expect([id, own.decode([id], { skipSpecial: true })]).toEqual([
        id,
        original.decode([id], { skipSpecial: true }),
      ]);
  });

  it('brings the chat template', () => {
    const plain = templates.filter(({ addVisionId }) => !addVisionId);
    expect(plain.length).toBeGreaterThan(2);
    for (const { messages, addGenerationPrompt, text } of plain)
      expect(own.applyChatTemplate(messages, { addGenerationPrompt })).toBe(text);
  });

  it('and the config are those of the folder, in a model of several types', async () => {
    const { config } = await openModelFolder(await readableFolder(MIXED), { name: 'mixed' });
    const { config: saved } = json<{ config: object }>('quantized/data/gguf/mixed.json');
    const expected = readConfig(saved, 'config.json', { eos_token_id: [364, 362] }).config;
    expect(config).toEqual(expected);
  });
});

describe('a folder', () => {
  const language = new File([bytes('quantized/data/gguf/mixed.gguf')], 'x');
  const vision = new File([bytes('quantized/data/gguf/mixed-mmproj.gguf')], 'x');

  it('with the language model alone opens for its weights', async () => {
    const opened = await openAnyFolder(await readableFolder(new Map([['a.gguf', language]])), { name: 'a' });
    expect(opened).toMatchObject({ config: { text: { layers: 2 }, vision: { depth: 0 } } });
    expect(opened.notices.join('\n')).toMatch(/add the mmproj file to run the model/);
    expect(opened.notices[0]).toMatch(/cannot run here/);
    expect(opened.checkpoint.format).toMatch(/^GGUF, Q8_0.*; no vision tower$/);
  });

  it.each<[string, Readonly<Record<string, File>>, string, RegExp]>([
    ['the tower alone', { 'm.gguf': vision }, 'GgufWeights', /no language model.*add the language model/],
    [
      'two quantizations',
      { 'q4.gguf': language, 'q8.gguf': language, 'm.gguf': vision },
      'AmbiguousWeights',
      /q4\.gguf, q8\.gguf.*drop the file of one quantization/,
    ],
    [
      'two towers',
      { 'a.gguf': language, 'm1.gguf': vision, 'm2.gguf': vision },
      'AmbiguousWeights',
      /m1\.gguf, m2\.gguf/,
    ],
    ['an empty file', { 'a.gguf': new File([], 'x') }, 'FileTooShort', /a\.gguf/],
  ])('with %s is refused', async (_, files, name, message) => {
    const error = await failureOf(readableFolder(new Map(Object.entries(files))));
    expect([error.name, error.message]).toEqual([name, expect.stringMatching(message)]);
  });

  it('with safetensors beside is that of the safetensors', async () => {
    const files = new Map([...golden('qwen3-tied-f16'), ['a.gguf', language]] as [string, File][]);
    expect(await readableFolder(files)).toBe(files);
  });
});
