import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normals } from '../testing/normal-values.ts';
import { canonicalName } from '../../tensor-name.ts';
import { GGUF_ARCHITECTURES } from './architectures/list.ts';
import { readGgufHeader } from './header.ts';
import { ggufFile } from './testing/gguf-file.ts';
import { blockEncoder } from './write-blocks.ts';
import { type GgufKey, ggufHead, padded } from './write-head.ts';
import { languageKeys, visionKeys } from './write-metadata.ts';
import { ggufNames } from './write-names.ts';

const ROOT = new URL('../../../../tools/', import.meta.url);

/** What llama.cpp's converter makes of a golden checkpoint: tools/quantized/gguf_files.py. */
interface Conversion {
  readonly language: readonly GgufKey[];
  readonly vision: readonly GgufKey[];
  readonly tensors: Readonly<Record<string, readonly (readonly [name: string, piece: string])[]>>;
}

const json = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8')) as T;
type Json = Readonly<Record<string, unknown>>;

function folderOf(name: string) {
  const own = (file: string) => json<Json>(`goldens/data/checkpoints/${name}/${file}`);
  const tokenizerConfig = own('tokenizer_config.json');
  const written = tokenizerConfig['chat_template'];
  const jinja = new URL(`goldens/data/checkpoints/${name}/chat_template.jinja`, ROOT);
  return {
    ...{ name: 'tiny', config: own('config.json'), tokenizer: own('tokenizer.json'), tokenizerConfig },
    preprocessor: own('preprocessor_config.json'),
    chatTemplate: typeof written === 'string' ? written : readFileSync(jinja, 'utf8'),
  };
}

describe.each(['qwen2-untied-bf16-old', 'qwen3-tied-f16'])(
  "what is written of %s is what llama.cpp's converter writes",
  (name) => {
    const conversion = json<Conversion>(`quantized/data/gguf/${name}.json`);
    const folder = folderOf(name);
    const architecture = GGUF_ARCHITECTURES.find(
      ({ modelType }) => modelType === folder.config['model_type'],
    );
    if (!architecture) throw new Error(name);

    it('keys of the language model', () => {
      expect(new Map(languageKeys(folder, architecture).map((key) => [key[0], key]))).toEqual(
        new Map(conversion.language.map((key) => [key[0], key])),
      );
    });

    it('keys of the tower, and the limits of pictures besides', () => {
      const own = visionKeys(folder, architecture).filter(
        ([key]) => !/^general\.(name|quantization)|_pixels$/.test(key),
      );
      expect(new Map(own.map((key) => [key[0], key]))).toEqual(
        new Map(conversion.vision.map((key) => [key[0], key])),
      );
    });

    it('names of every tensor', () => {
      const vision = folder.config['vision_config'] as Json;
      const deepstack = (vision['deepstack_visual_indexes'] ?? []) as readonly number[];
      const pieces = { whole: '', third: 'row/3:', frame: 'time:' };
      for (const [stored, names] of Object.entries(conversion.tensors)) {
        const own = ggufNames(canonicalName(stored), architecture, deepstack).map(({ name: gguf, part }) => [
          gguf,
          pieces[part.of] + ('index' in part ? part.index : ''),
        ]);
        expect(own, stored).toEqual(names);
      }
    });
  },
);

it('a head is what another writer makes of the same keys and tensors, and is read again', async () => {
  const keys: readonly GgufKey[] = [
    ['general.architecture', 'STRING', 'qwen2vl'],
    ['a.number', 'UINT32', 4_000_000_000],
    ['a.float', 'FLOAT32', 1e-6],
    ['a.switch', 'BOOL', true],
    ['a.list', 'ARRAY:STRING', Array.from({ length: 9000 }, (_, i) => `token ${i} ü`)],
    ['b.list', 'ARRAY:INT32', [-1, 2]],
    ['c.list', 'ARRAY:BOOL', [true, false]],
  ];
  const tensors = [
    { name: 'one', type: 'Q8_0', shape: [3, 32] },
    { name: 'two', type: 'F32', shape: [5] },
  ] as const;
  const bytes = [new Uint8Array(102).fill(1), new Uint8Array(20).fill(2)];
  const head = ggufHead(keys, tensors);
  const file = ggufFile(
    keys,
    tensors.map((tensor, i) => ({ ...tensor, bytes: bytes[i] as Uint8Array })),
  );
  expect(Buffer.compare(head, file.subarray(0, head.length))).toBe(0);
  expect(file.length - head.length).toBe(padded(102) + padded(20));
  const read = await readGgufHeader(new File([file], 'a.gguf'), 'a.gguf');
  expect(read.tensors.map(({ name, start }) => [name, start])).toEqual([
    ['one', head.length],
    ['two', head.length + 128],
  ]);
});

describe.each(['Q8_0', 'Q4_0'] as const)('blocks of %s', (type) => {
  const encoder = blockEncoder(type);
  const bytesOf = (values: Float32Array, step: number) => {
    const matrix = { rows: 6, columns: 64 };
    const part = new Uint8Array(6 * (encoder.parts(matrix)[0]?.shape[1] ?? 0));
    const error = { squared: 0, energy: 0, largest: 0 };
    for (let first = 0; first < 6; first += step) {
      const some = values.subarray(first * 64, (first + step) * 64);
      encoder.encode(some, { first, count: step }, matrix, [part], error);
    }
    return { part, error };
  };

  it('are the same however rows are cut, and lose what is told', () => {
    const values = normals(9, 6 * 64);
    const { part, error } = bytesOf(values, 6);
    expect(bytesOf(values, 2).part).toEqual(part);
    const relative = Math.sqrt(error.squared / error.energy);
    expect(relative).toBeLessThan(type === 'Q8_0' ? 0.007 : 0.1);
    expect(relative).toBeGreaterThan(type === 'Q8_0' ? 0.002 : 0.05);
  });

  it('refuse rows that are no whole blocks', () => {
    expect(encoder.refusal({ rows: 4, columns: 48 })).toBe('its 48 columns are no multiple of 32');
  });
});
