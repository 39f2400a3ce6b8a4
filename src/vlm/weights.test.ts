import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig, type VlmConfig } from './config.ts';
import { checkWeights, expectedWeights, layersBeyond } from './weights.ts';

const CHECKPOINTS = new URL('../../tools/goldens/data/checkpoints/', import.meta.url);
type Tensors = Map<string, { shape: number[]; dtype: string }>;

function config(name: string): VlmConfig {
  return parseConfig(
    JSON.parse(readFileSync(new URL(`${name}/config.json`, CHECKPOINTS), 'utf8')),
    'config.json',
  );
}

/** Names and shapes as the checkpoint's safetensors headers have them, in the older spelling. */
function stored(name: string): Tensors {
  const folder = new URL(`${name}/`, CHECKPOINTS);
  const tensors: Tensors = new Map();
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.safetensors'))) {
    const bytes = readFileSync(new URL(file, folder));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as Record<
      string,
      { shape: number[]; dtype: string }
    >;
    for (const [key, { shape, dtype }] of Object.entries(header)) {
      const canonical = key.replace('model.visual.', 'visual.').replace('model.language_model.', 'model.');
      if (key !== '__metadata__') tensors.set(canonical, { shape, dtype });
    }
  }
  return tensors;
}

const failure = (configuration: VlmConfig, tensors: Tensors): unknown => {
  try {
    checkWeights(configuration, tensors);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('expectedWeights', () => {
  test.each(['untied-gqa4-f32', 'tied-gqa1-bf16-old', 'untied-gqa7-bf16-new', 'untied-gqa2-f16'])(
    'is exactly what transformers saved for %s',
    (name) => {
      const tensors = stored(name);
      const sorted = (list: Iterable<string>): string[] => [...list].sort();
      const expected = expectedWeights(config(name));
      expect(sorted(expected.map(({ name }) => name))).toEqual(sorted(tensors.keys()));
      for (const { name: tensor, shape } of expected) expect(tensors.get(tensor)?.shape).toEqual(shape);
      expect(failure(config(name), tensors)).toBeUndefined();
    },
  );

  test.each([
    [3_754_622_976, 2048, 36, 16, 2, 11008, 151936, true],
    [8_292_166_656, 3584, 28, 28, 4, 18944, 152064, false],
  ])(
    'counts the published %i parameters',
    (parameters, hiddenSize, layers, heads, kvHeads, intermediateSize, vocabSize, tied) => {
      const base = config('untied-gqa4-f32');
      const published: VlmConfig = {
        ...base,
        text: {
          ...base.text,
          hiddenSize,
          layers,
          heads,
          kvHeads,
          headDim: 128,
          intermediateSize,
          vocabSize,
          tieWordEmbeddings: tied,
        },
        vision: {
          ...base.vision,
          depth: 32,
          hiddenSize: 1280,
          heads: 16,
          intermediateSize: 3420,
          outHiddenSize: hiddenSize,
        },
      };
      const sizes = expectedWeights(published).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(parameters);
    },
  );
});

describe('checkWeights', () => {
  const name = 'tied-gqa1-bf16-old';

  test('names missing tensors and lists all of them', () => {
    const tensors = stored(name);
    const gone = [...tensors.keys()].filter((key) => key.startsWith('model.layers.1.'));
    gone.forEach((key) => tensors.delete(key));
    const error = failure(config(name), tensors);
    expect(error).toMatchObject({
      name: 'MissingTensor',
      place: { tensor: 'model.layers.1.input_layernorm.weight' },
    });
    expect(error).toHaveProperty('what', expect.stringContaining(`${gone.length} of`));
    expect((error as Error).cause).toHaveLength(gone.length);
  });

  test('tells an untied head that is missing from a shard that is missing', () => {
    const tensors = stored('untied-gqa4-f32');
    tensors.delete('lm_head.weight');
    expect(failure(config('untied-gqa4-f32'), tensors)).toMatchObject({
      remedy: expect.stringContaining('tie_word_embeddings') as string,
    });
  });

  test('tells missing embeddings from a missing shard, where the head may be they', () => {
    const tensors = stored('untied-gqa4-f32');
    tensors.delete('model.embed_tokens.weight');
    expect(failure(config('untied-gqa4-f32'), tensors)).toMatchObject({
      remedy: expect.stringContaining('if the embedding is the head') as string,
    });
    tensors.delete('model.norm.weight');
    expect(failure(config('untied-gqa4-f32'), tensors)).toMatchObject({
      remedy: expect.stringContaining('missing shards') as string,
    });
  });

  test('names a tensor of the wrong shape, with both shapes', () => {
    const tensors = stored(name);
    tensors.set('visual.merger.mlp.2.bias', { shape: [8], dtype: 'BF16' });
    expect(failure(config(name), tensors)).toMatchObject({
      name: 'WrongShape',
      what: expect.stringContaining('visual.merger.mlp.2.bias is [8], not [72]') as string,
    });
  });
});

describe('what stands in the file beside what the config asks for', () => {
  const model = config('untied-gqa2-f16');
  const names = expectedWeights(model).map(({ name }) => name);

  test('layers beyond those of config.json are told', () => {
    const more = [...names, 'model.layers.7.mlp.up_proj.weight', 'visual.blocks.9.norm1.weight'];
    expect(layersBeyond(model, names)).toEqual([]);
    expect(layersBeyond(model, more)).toEqual([
      `The weights hold model.layers.7 beyond the ${model.text.layers} that config.json counts: not used, as in transformers.`,
      `The weights hold visual.blocks.9 beyond the ${model.vision.depth} that config.json counts: not used, as in transformers.`,
    ]);
  });

  test('a prefix before every name is told as such, not as missing shards', () => {
    const wrapped = new Map(
      expectedWeights(model).map(
        ({ name, shape }) => [`_orig_mod.${name}`, { shape, dtype: 'BF16' }] as const,
      ),
    );
    expect(() => checkWeights(model, wrapped)).toThrow(
      expect.objectContaining({
        name: 'MissingTensor',
        what: expect.stringContaining('there are _orig_mod.visual.') as string,
        remedy: expect.stringContaining('prefix') as string,
      }),
    );
  });
});
