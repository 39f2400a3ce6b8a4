import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../byte-source.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { failureOf } from '../../testing/files.ts';
import { heldSource } from '../../testing/held-source.ts';
import { readableFolder } from '../open.ts';
import { readGgufHeader } from './header.ts';
import { shortest } from './model-config.ts';
import { ggufFile, type Key, type WrittenTensor } from './testing/gguf-file.ts';
import { LANGUAGE_KEYS, LANGUAGE_TENSORS, VISION_KEYS, VISION_TENSORS } from './testing/tiny-model.ts';

type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
const held = (files: Files): Map<string, ByteSource> =>
  new Map(Object.entries(files).map(([name, bytes]) => [name, heldSource(name, bytes)]));
const LANGUAGE = ggufFile(LANGUAGE_KEYS, LANGUAGE_TENSORS);
const VISION = ggufFile(VISION_KEYS, VISION_TENSORS);

/** The language model in three files, as gguf-split writes them. */
function split(
  tensors: readonly WrittenTensor[] = LANGUAGE_TENSORS,
  listed = LANGUAGE_TENSORS.length,
): Files {
  const cuts = [tensors.slice(0, 1), tensors.slice(1, 4), tensors.slice(4)];
  return Object.fromEntries(
    cuts.map((part, index) => {
      const own: Key[] = [
        ['split.no', 'UINT16', index],
        ['split.count', 'UINT16', 3],
        ['split.tensors.count', 'INT32', listed],
      ];
      const keys = index === 0 ? [...LANGUAGE_KEYS, ...own] : own;
      return [`m-0000${index + 1}-of-00003.gguf`, ggufFile(keys, part)];
    }),
  );
}

async function valuesOf(files: Files): Promise<Record<string, Uint8Array>> {
  const checkpoint = await openCheckpoint(await readableFolder(held(files)));
  const entries = [...checkpoint.tensors.values()].map(
    async (entry) => [entry.name, await readTensorBytes(checkpoint, entry)] as const,
  );
  return Object.fromEntries((await Promise.all(entries)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const refusal = async (files: Files) => failureOf(readableFolder(held(files)));
const withKeys = (...keys: readonly Key[]): readonly Key[] => {
  const own = new Set(keys.map(([key]) => key));
  return [...LANGUAGE_KEYS.filter(([key]) => !own.has(key)), ...keys];
};
const without = (name: string, tensors: readonly WrittenTensor[]): readonly WrittenTensor[] =>
  tensors.filter((tensor) => tensor.name !== name);
const renamed = (from: RegExp, to: string, tensors: readonly WrittenTensor[]): readonly WrittenTensor[] =>
  tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) }));

describe('a model in several files', () => {
  it('is the model in one', async () => {
    expect(await valuesOf({ ...split(), 'v.gguf': VISION })).toEqual(
      await valuesOf({ 'm.gguf': LANGUAGE, 'v.gguf': VISION }),
    );
  });

  it('wants all of them, and each tensor once', async () => {
    const { 'm-00002-of-00003.gguf': _, ...two } = split();
    expect(await refusal(two)).toMatchObject({ name: 'MissingShard' });
    const [first] = LANGUAGE_TENSORS as [WrittenTensor];
    expect(await refusal(split([...LANGUAGE_TENSORS, first], 7))).toMatchObject({ name: 'DuplicateTensor' });
    expect(await refusal(split(LANGUAGE_TENSORS, 9))).toMatchObject({
      name: 'MissingTensor',
      what: 'the model has 9 tensors, its files hold 6',
    });
  });
});

describe('a header', () => {
  it('longer than a window is read a window at a time', async () => {
    const tokens = Array.from({ length: 30_000 }, (_, id) => `Ġa-token-of-forty-characters-${id}-and-more`);
    const keys: Key[] = [['tokenizer.ggml.tokens', 'ARRAY:STRING', tokens]];
    const bytes = ggufFile(keys, LANGUAGE_TENSORS);
    const reads: number[] = [];
    const source: ByteSource = {
      ...{ name: 'f', size: bytes.length },
      slice: (start, end) => {
        reads.push(end - start);
        return { arrayBuffer: () => Promise.resolve(bytes.slice(start, end).buffer) };
      },
    };
    const { metadata, tensors } = await readGgufHeader(source, 'f');
    expect(metadata.texts('tokenizer.ggml.tokens')).toEqual(tokens);
    expect(tensors.map(({ name }) => name)).toEqual(LANGUAGE_TENSORS.map(({ name }) => name));
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 20);
    expect(reads.length).toBeLessThan(10);
  });

  it('of version 2 is the same', async () => {
    const bytes = LANGUAGE.slice();
    bytes[4] = 2;
    expect((await readGgufHeader(heldSource('f', bytes), 'f')).tensors).toHaveLength(LANGUAGE_TENSORS.length);
  });
});

describe('a vision tower', () => {
  it('whose MLP is named the other way round, as early converters did, is set right', async () => {
    const swapped = renamed(
      /ffn_x/,
      'ffn_up',
      renamed(/ffn_up/, 'ffn_down', renamed(/ffn_down/, 'ffn_x', VISION_TENSORS)),
    );
    const files = { 'm.gguf': LANGUAGE, 'v.gguf': ggufFile(VISION_KEYS, swapped) };
    expect(await valuesOf(files)).toEqual(await valuesOf({ 'm.gguf': LANGUAGE, 'v.gguf': VISION }));
    const names = Object.keys(await valuesOf(files));
    expect(names).toContain('visual.blocks.0.mlp.up_proj.weight');
  });

  it.each<[string, readonly WrittenTensor[], readonly Key[], string, RegExp]>([
    [
      'without keys',
      without('v.blk.0.attn_k.weight', VISION_TENSORS),
      VISION_KEYS,
      'MissingTensor',
      /v\.blk\.0\.attn_k\.weight/,
    ],
    [
      'whose queries have another shape than its keys',
      VISION_TENSORS.map((one) => (one.name === 'v.blk.0.attn_k.weight' ? { ...one, shape: [16, 4] } : one)),
      ...([VISION_KEYS, 'InvalidTensor', /\[16, 4\] is another than \[8, 8\].*attn_k/] as const),
    ],
    [
      'of another architecture',
      VISION_TENSORS,
      [
        ...VISION_KEYS.filter(([key]) => key !== 'clip.projector_type'),
        ['clip.projector_type', 'STRING', 'pixtral'],
      ],
      'GgufWeights',
      /pixtral.*mmproj file of the same model/,
    ],
    [
      'of 2^31 blocks',
      VISION_TENSORS,
      [
        ...VISION_KEYS.filter(([key]) => key !== 'clip.vision.block_count'),
        ['clip.vision.block_count', 'UINT32', 2 ** 31],
      ],
      'OverLimit',
      /vision blocks: 2147483648/,
    ],
    [
      'for another width',
      without('mm.2.weight', VISION_TENSORS),
      VISION_KEYS,
      'GgufWeights',
      /vectors of 0, the language model takes 32/,
    ],
    [
      'with a tensor that nobody knows in a block',
      renamed(/ffn_up/, 'ffn_gate_up', VISION_TENSORS),
      VISION_KEYS,
      'UnsupportedWeights',
      /v\.blk\.0\.ffn_gate_up\.weight/,
    ],
  ])('%s is refused', async (_, tensors, keys, name, message) => {
    const error = await refusal({ 'm.gguf': LANGUAGE, 'v.gguf': ggufFile(keys, tensors) });
    expect([error.name, error.message]).toEqual([name, expect.stringMatching(message)]);
  });
});

describe('a language model', () => {
  it.each<[string, readonly Key[], readonly WrittenTensor[], string, RegExp]>([
    [
      'of another architecture',
      withKeys(['general.architecture', 'STRING', 'gemma3']),
      LANGUAGE_TENSORS,
      'UnsupportedArchitecture',
      /gemma3; GGUF files are read of/,
    ],
    [
      'that is an adapter',
      withKeys(['general.type', 'STRING', 'adapter']),
      LANGUAGE_TENSORS,
      'AdapterOnly',
      /merge it into its model/,
    ],
    [
      'with scales beside its weights',
      LANGUAGE_KEYS,
      [
        ...LANGUAGE_TENSORS,
        { name: 'blk.0.attn_q.scale', type: 'F32', shape: [1], bytes: new Uint8Array(4) },
      ],
      'UnsupportedWeights',
      /attn_q\.scale/,
    ],
    [
      'without an embedding',
      LANGUAGE_KEYS,
      without('token_embd.weight', LANGUAGE_TENSORS),
      'MissingTensor',
      /token_embd\.weight/,
    ],
    [
      'whose types are fewer than its tokens',
      withKeys(['tokenizer.ggml.token_type', 'ARRAY:INT32', [1]]),
      LANGUAGE_TENSORS,
      'InvalidMetadata',
      /token_type.*|a list of 8/,
    ],
    [
      'with a token twice',
      withKeys(['tokenizer.ggml.tokens', 'ARRAY:STRING', [...'aacdefgh']]),
      LANGUAGE_TENSORS,
      'InvalidTokenizer',
      /"a" stands twice/,
    ],
    [
      'without sections of rotary frequencies',
      LANGUAGE_KEYS.filter(([key]) => !key.endsWith('sections')),
      LANGUAGE_TENSORS,
      'InvalidMetadata',
      /rope\.dimension_sections/,
    ],
  ])('%s is refused', async (_, keys, tensors, name, message) => {
    const error = await refusal({ 'm.gguf': ggufFile(keys, tensors), 'v.gguf': VISION });
    expect([error.name, error.message]).toEqual([name, expect.stringMatching(message)]);
  });

  it('whose type of blocks is known and not read is refused by type and tensor', async () => {
    const bytes = LANGUAGE.slice();
    const name = new TextEncoder().encode('blk.0.ffn_down.weight');
    const at = bytes.findIndex((_, start) => name.every((byte, i) => bytes[start + i] === byte));
    // Behind the name: the number of dimensions, two dimensions, the type.
    new DataView(bytes.buffer).setUint32(at + name.length + 4 + 16, 25, true);
    const error = await refusal({ 'm.gguf': bytes });
    expect(error).toMatchObject({
      name: 'UnknownDtype',
      place: { file: 'm.gguf', tensor: 'blk.0.ffn_down.weight' },
    });
    expect(error.what).toMatch(/^its type I16 is not read; read are F32, F16, Q4_0/);
  });

  it('with another tokenizer has none, and says so', async () => {
    const files = held({
      'm.gguf': ggufFile(withKeys(['tokenizer.ggml.pre', 'STRING', 'llama-bpe']), LANGUAGE_TENSORS),
    });
    const readable = await readableFolder(files);
    expect(readable.has('tokenizer.json')).toBe(false);
    const { notices } = await openCheckpoint(readable);
    expect(notices.map(({ text }) => text).join()).toMatch(/its tokenizer is gpt2, cut as llama-bpe/);
  });
});

it('small files of the folder stay where the metadata says less', async () => {
  const files = held({ 'm.gguf': LANGUAGE, 'v.gguf': VISION });
  const own = ['preprocessor_config.json', 'generation_config.json', 'config.json'];
  for (const name of own) files.set(name, new File(['{"own":true}'], name));
  const readable = await readableFolder(files);
  const read = async (name: string): Promise<string> => {
    const source = readable.get(name) as ByteSource;
    return new TextDecoder().decode(await source.slice(0, source.size).arrayBuffer());
  };
  expect(await read('preprocessor_config.json')).toBe('{"own":true}');
  expect(await read('generation_config.json')).toBe('{"own":true}');
  expect(JSON.parse(await read('config.json'))).toMatchObject({ rms_norm_eps: 1e-6, rope_theta: 1e6 });
  const { notices } = await openCheckpoint(readable);
  expect(notices).toContainEqual({ file: 'config.json', text: 'not used: what m.gguf says of itself is' });
});

it('the fingerprint is that of the stored bytes', async () => {
  const print = async (language: Uint8Array<ArrayBuffer>): Promise<string> =>
    (await openCheckpoint(await readableFolder(held({ 'm.gguf': language })))).fingerprint;
  const changed = LANGUAGE.slice();
  changed[changed.length - 40] = (changed[changed.length - 40] as number) ^ 1;
  const other = ggufFile(withKeys(['general.name', 'STRING', 'x']), LANGUAGE_TENSORS);
  const prints = await Promise.all([LANGUAGE, changed, other].map(print));
  expect(new Set(prints).size).toBe(3);
  expect(await print(LANGUAGE)).toBe(prints[0]);
});

it('numbers in float32 are given as the decimal that was meant', () => {
  for (const meant of [1e-6, 1e-5, 1e6, 5e6, 0.48145466, 0.26130258, 0.5, 1, 128000.5])
    expect(Math.fround(shortest(Math.fround(meant)))).toBe(Math.fround(meant));
  expect([1e-6, 1e6, 0.5, 0.1].map((value) => shortest(Math.fround(value)))).toEqual([1e-6, 1e6, 0.5, 0.1]);
});
