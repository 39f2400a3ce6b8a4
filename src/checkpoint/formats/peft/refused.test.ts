/** Every spelling of keys, and what is refused, by which name. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../work/seeded-random.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { toFloat32 } from '../../decoding.ts';
import { failureOf } from '../../testing/files.ts';
import { fuzzed, FUZZ_TIMEOUT } from '../testing/fuzz.ts';
import { adapterFolder } from './adapter-folder.ts';
import { isAdapter } from './is-adapter.ts';
import {
  ADAPTER_SHAPES,
  BASE_SHAPES,
  CONFIG,
  madeAdapter,
  madeBase,
  weights,
  type Shapes,
} from './testing/made-adapter.ts';

const NAME = 'model.layers.0.self_attn.q_proj.weight';
const [A, B] = [
  [2, 4],
  [8, 2],
] as const;

async function values(adapter: ReturnType<typeof madeAdapter>, name = NAME): Promise<number[]> {
  const checkpoint = await openCheckpoint(await adapterFolder(madeBase(), adapter, { baseName: 'base' }));
  const entry = checkpoint.tensors.get(name);
  if (!entry) throw new Error(`no ${name}`);
  return [...toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype)];
}

/** W + s·B·A of values that count up. */
function product(scale: number): number[] {
  return Array.from({ length: 32 }, (_, index) => {
    const [row, column] = [Math.floor(index / 4), index % 4];
    return index + 1 + scale * ((2 * row + 1) * (column + 1) + (2 * row + 2) * (column + 5));
  });
}

const Q = 'layers.0.self_attn.q_proj';
const TOKENS = 'base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta';
const SPELLINGS: Readonly<Record<string, Shapes>> = {
  'transformers 5': ADAPTER_SHAPES,
  'transformers 4': {
    [`base_model.model.model.${Q}.lora_A.weight`]: A,
    [`base_model.model.model.${Q}.lora_B.weight`]: B,
  },
  'a raw state': {
    [`base_model.model.model.${Q}.lora_A.default.weight`]: A,
    [`base_model.model.model.${Q}.lora_B.default.weight`]: B,
  },
  'the model without its head': {
    [`base_model.model.language_model.${Q}.lora_A.weight`]: A,
    [`base_model.model.language_model.${Q}.lora_B.weight`]: B,
  },
  'modules that FSDP wrapped': {
    [`base_model.model.model.layers.0._fsdp_wrapped_module.self_attn.q_proj.lora_A.weight`]: A,
    [`base_model.model.model.layers.0._fsdp_wrapped_module.self_attn.q_proj.lora_B.weight`]: B,
  },
  'a wrapped and compiled model with checkpointing': {
    [`_fsdp_wrapped_module.base_model.model._orig_mod.model.layers.0._checkpoint_wrapped_module.self_attn.q_proj.lora_A.weight`]:
      A,
    [`_fsdp_wrapped_module.base_model.model._orig_mod.model.layers.0._checkpoint_wrapped_module.self_attn.q_proj.lora_B.weight`]:
      B,
  },
  'a model on several devices': {
    [`module.base_model.model.model.${Q}.lora_A.weight`]: A,
    [`module.base_model.model.model.${Q}.lora_B.weight`]: B,
  },
  'an adapter on the model of an adapter': {
    [`base_model.model.base_model.model.model.${Q}.lora_A.weight`]: A,
    [`base_model.model.base_model.model.model.${Q}.lora_B.weight`]: B,
  },
  'no prefix': { [`model.${Q}.lora_A.weight`]: A, [`model.${Q}.lora_B.weight`]: B },
};

describe('keys', () => {
  it.each(Object.entries(SPELLINGS))('of %s are found', async (_, shapes) => {
    expect(await values(madeAdapter(CONFIG, shapes))).toEqual(product(2));
  });

  it('of the vision tower, of whole modules and of biases are found', async () => {
    const shapes: Shapes = {
      'base_model.model.visual.blocks.0.attn.qkv.lora_A.weight': [2, 2],
      'base_model.model.visual.blocks.0.attn.qkv.lora_B.weight': [6, 2],
      'base_model.model.model.norm.modules_to_save.default.weight': [4],
      [`base_model.model.model.${Q}.base_layer.bias`]: [8],
      'base_model.model.lm_head.modules_to_save.weight': [6, 4],
    };
    const adapter = madeAdapter(CONFIG, shapes);
    expect(await values(adapter, 'visual.blocks.0.attn.qkv.weight')).not.toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(await values(adapter, 'model.norm.weight')).toEqual([1, 2, 3, 4]);
  });
});

describe('scales', () => {
  const scaled = (config: object) => values(madeAdapter({ ...CONFIG, ...config }));
  it('are α/r, or α/√r', async () => {
    expect(await scaled({ lora_alpha: 1 })).toEqual(product(0.5));
    const root = await scaled({ lora_alpha: 1, use_rslora: true });
    product(1 / Math.sqrt(2)).forEach((value, index) => expect(root[index]).toBeCloseTo(value, 4));
  });

  it('follow patterns as peft matches them: the first that fits', async () => {
    expect(await scaled({ alpha_pattern: { q_proj: 6 } })).toEqual(product(3));
    expect(await scaled({ alpha_pattern: { proj: 6, 'self_attn.q_proj': 8 } })).toEqual(product(4));
    expect(await scaled({ alpha_pattern: { [String.raw`self_attn\.q_proj$`]: 8, q_proj: 6 } })).toEqual(
      product(4),
    );
    expect(await scaled({ alpha_pattern: { '^q_proj': 6 } })).toEqual(product(2));
    expect(await scaled({ r: 9, rank_pattern: { q_proj: 2 } })).toEqual(product(2));
    const expression = String.raw`.*\.(0|7)\.self_attn\.[qk]_proj`;
    expect(await scaled({ alpha_pattern: { [expression]: 8, q_proj: 6 } })).toEqual(product(4));
    expect(await scaled({ alpha_pattern: { q_proj: 6, [expression]: 8 } })).toEqual(product(3));
    expect(await scaled({ alpha_pattern: { 'q_pro|k_proj': 8 } })).toEqual(product(2));
  });
});

describe('single tokens', () => {
  const at = (places: readonly number[], kept: readonly number[]): number[] =>
    kept.map((value, index) => {
      const trained = places.indexOf(Math.floor(index / 4));
      return trained < 0 ? value : trained * 4 + (index % 4) + 1;
    });
  const counted = Array.from({ length: 24 }, (_, index) => index + 1);

  it('have rows of their own, in the order that the config lists them', async () => {
    const adapter = madeAdapter({ ...CONFIG, trainable_token_indices: [4, 1] }, { [TOKENS]: [2, 4] });
    expect(await values(adapter, 'model.embed_tokens.weight')).toEqual(at([4, 1], counted));
    expect(await values(adapter, 'lm_head.weight')).toEqual(counted);
  });

  it('stay in the head, too, where that is the embeddings', async () => {
    const { 'lm_head.weight': _, ...tied } = BASE_SHAPES;
    const adapter = madeAdapter({ ...CONFIG, trainable_token_indices: [5] }, { [TOKENS]: [1, 4] });
    const checkpoint = await openCheckpoint(
      await adapterFolder(madeBase(tied), adapter, { baseName: 'base' }),
    );
    expect(checkpoint.tensors.has('lm_head.weight')).toBe(false);
    expect(checkpoint.notices).toEqual([]);
  });
});

it('takes a base that stores weights [in, out] where the factors fit no other way', async () => {
  const base = madeBase({ ...BASE_SHAPES, [NAME]: [4, 8] });
  const adapter = madeAdapter({ ...CONFIG, fan_in_fan_out: true });
  const checkpoint = await openCheckpoint(await adapterFolder(base, adapter, { baseName: 'base' }));
  const entry = checkpoint.tensors.get(NAME);
  const found = entry ? toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype) : [];
  const straight = product(2);
  const turned = Array.from({ length: 32 }, (_, index) => {
    const [row, column] = [Math.floor(index / 8), index % 8];
    return index + 1 + (straight[column * 4 + row] ?? 0) - (column * 4 + row + 1);
  });
  expect([...found]).toEqual(turned);
});

const other = (kind: string, config: object) =>
  ['UnsupportedAdapter', kind, madeAdapter({ ...CONFIG, ...config })] as const;
const invalid = (words: string, config: object) =>
  ['InvalidAdapter', words, madeAdapter({ ...CONFIG, ...config })] as const;
const shaped = (error: string, words: string, shapes: Shapes, config: object = {}) =>
  [error, words, madeAdapter({ ...CONFIG, ...config }, shapes)] as const;

it.each([
  ...['IA3', 'LOHA', 'ADALORA', 'PREFIX_TUNING'].map((kind) => other(kind, { peft_type: kind })),
  other('target_parameters', { target_parameters: ['experts.gate_up_proj'] }),
  other('layer_replication', { layer_replication: [[0, 2]] }),
  other('activated', { alora_invocation_tokens: [1] }),
  other('pissa_niter_16', { init_lora_weights: 'pissa_niter_16' }),
  other('loftq', { init_lora_weights: 'loftq' }),
  other('(q)_\\\\1', { alpha_pattern: { [String.raw`(q)_\1`]: 1 } }),
  invalid('each once', { trainable_token_indices: [1, 1] }),
  invalid('each once', { trainable_token_indices: [-1] }),
  invalid('each once', { trainable_token_indices: { embed_tokens: 5 } }),
  invalid('neither a list nor an object', { trainable_token_indices: 'all' }),
  invalid('no rank', { r: 0 }),
  invalid('no rank', { r: 1e9 }),
  invalid('no rank', { r: 1.5 }),
  invalid('no rank', { rank_pattern: { q_proj: -1 } }),
  invalid('no finite number', { lora_alpha: 'much' }),
  invalid('not an object', { alpha_pattern: [1] }),
  invalid('neither true nor false', { use_dora: 'yes' }),
  invalid('which kind', { peft_type: null }),
  invalid('has factors of rank 2', { r: 3 }),
  invalid('no magnitudes', { use_dora: true }),
  ['InvalidJson', 'NaN', madeAdapter('{"peft_type": "LORA", "lora_alpha": NaN}')] as const,
  ['InvalidAdapter', 'no finite number', madeAdapter('{"peft_type": "LORA", "lora_alpha": 1e999}')] as const,
  ['InvalidAdapter', 'not a JSON object', madeAdapter('[]')] as const,
  shaped('AdapterMismatch', '0 of 2 tensors', {
    'base_model.model.transformer.q.lora_A.weight': A,
    'base_model.model.transformer.q.lora_B.weight': B,
  }),
  shaped('AdapterMismatch', '2 of 3 tensors', { ...ADAPTER_SHAPES, 'base_model.model.score.weight': [1] }),
  shaped('AdapterMismatch', '0 of 0 tensors', {}),
  shaped('AdapterMismatch', 'twice', { ...ADAPTER_SHAPES, [`base_model.model.model.${Q}.lora_A.weight`]: A }),
  shaped('ShapeMismatch', 'is no factor', {
    [`model.${Q}.lora_A.weight`]: [2, 5],
    [`model.${Q}.lora_B.weight`]: B,
  }),
  shaped('ShapeMismatch', 'is no factor', {
    [`model.${Q}.lora_A.weight`]: A,
    [`model.${Q}.lora_B.weight`]: [2, 8],
  }),
  shaped('ShapeMismatch', 'stands for', { 'model.norm.weight': [5] }),
  shaped('ShapeMismatch', 'is added to', { [`model.${Q}.lora_B.bias`]: [7] }),
  shaped('UnsupportedAdapter', 'o_proj, which has none', {
    'model.layers.0.self_attn.o_proj.lora_B.bias': [4],
  }),
  shaped('ShapeMismatch', 'a row for each', { [TOKENS]: [2, 4] }, { trainable_token_indices: [1] }),
  shaped('ShapeMismatch', 'a row for each', { [TOKENS]: [2, 4] }),
  shaped(
    'ShapeMismatch',
    'a row for each',
    { [TOKENS]: [1, 4] },
    { trainable_token_indices: { lm_head: [1] } },
  ),
  shaped('ShapeMismatch', 'token 6', { [TOKENS]: [2, 4] }, { trainable_token_indices: [1, 6] }),
  shaped(
    'UnsupportedAdapter',
    'besides',
    { [TOKENS]: [1, 4], 'model.embed_tokens.modules_to_save.weight': [6, 4] },
    { trainable_token_indices: [1] },
  ),
  shaped('InvalidAdapter', 'two factors', { [`model.${Q}.lora_A.weight`]: A }),
  shaped('InvalidAdapter', 'use_dora is false', {
    ...ADAPTER_SHAPES,
    [`base_model.model.model.language_model.${Q}.lora_magnitude_vector`]: [8],
  }),
  shaped(
    'UnsupportedAdapter',
    'stored [in, out]',
    {
      'model.embed_tokens.lora_embedding_A': [2, 6],
      'model.embed_tokens.lora_embedding_B': [4, 2],
      'model.embed_tokens.lora_magnitude_vector': [4],
    },
    { use_dora: true },
  ),
])('%s: %s', async (name, words, adapter) => {
  const error = await failureOf(adapterFolder(madeBase(), adapter, { baseName: 'base' }));
  expect(error).toMatchObject({ name });
  expect(error.message).toContain(words);
  expect(error.remedy).not.toBe('');
  expect(error.place.file).toMatch(/^adapter_/);
});

it('says where the weights are missing, and knows a folder of an adapter', async () => {
  const adapter = new Map(madeAdapter());
  adapter.delete('adapter_model.safetensors');
  expect(await failureOf(adapterFolder(madeBase(), adapter, { baseName: 'base' }))).toMatchObject({
    name: 'MissingFile',
  });
  expect(isAdapter(madeAdapter())).toBe(true);
  expect(isAdapter(new Map([...madeBase(), ...madeAdapter()]))).toBe(false);
});

const ADAPTER_FILE = weights(ADAPTER_SHAPES);
const SHAPE_DIMS = [0, 1, 2, 4, 8, 2 ** 31, 2 ** 53];
const VALUES = [
  ...[
    'null',
    'true',
    '0',
    '-1',
    '1e308',
    '1e999',
    '""',
    '"LORA"',
    '"pissa"',
    '[]',
    '{}',
    '[[[]]]',
    '{"q_proj":2}',
  ],
  ...['{"^(a+)+$":1}', '{"__proto__":2}', '"\\ud800"', '9007199254740993', `"${'x'.repeat(3000)}"`],
];

/** A config or a header that is almost right. */
function spoiled(random: () => number): ReturnType<typeof madeAdapter> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const fields: Record<string, string> = Object.fromEntries(
    Object.entries(CONFIG).map(([key, value]) => [key, JSON.stringify(value)]),
  );
  const times = Math.floor(random() * 3);
  for (let turn = 0; turn < times; turn += 1)
    fields[pick([...Object.keys(fields), 'use_qalora', 'lora_bias'])] = pick(VALUES);
  let text = `{${Object.entries(fields)
    .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
    .join(',')}}`;
  if (random() < 0.1) text = text.slice(0, Math.floor(random() * text.length));
  if (random() < 0.4) return madeAdapter(text, ADAPTER_FILE);
  const file = ADAPTER_FILE;
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  let header = new TextDecoder().decode(file.subarray(8, 8 + length));
  const change = pick(['dim', 'name', 'dtype', 'byte']);
  if (change === 'dim')
    header = header.replace(/\[\d+,\d+\],"data/, `[${pick(SHAPE_DIMS)},${pick(SHAPE_DIMS)}],"data`);
  if (change === 'name')
    header = header.replace(
      pick(['lora_A', 'q_proj', 'base_model.model.', '.weight']),
      pick(['', 'lora_B', 'lora_embedding_A', 'v_proj', 'lora_magnitude_vector', 'modules_to_save.default']),
    );
  if (change === 'dtype') header = header.replace('F32', pick(['I32', 'F16', 'F8_E4M3', 'F4', 'BF16']));
  const bytes = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + bytes.length + file.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(bytes.length), true);
  out.set(bytes, 8);
  out.set(file.subarray(8 + length), 8 + bytes.length);
  if (change === 'byte') out[Math.floor(random() * out.length)] = Math.floor(random() * 256);
  return madeAdapter(text, out);
}

it(
  'opens a spoiled adapter or names what is wrong with it',
  async () => {
    const random = seededRandom(16);
    const base = madeBase();
    const outcomes = await fuzzed(1000, async () => {
      await adapterFolder(base, spoiled(random), { baseName: 'base' });
      return 'opened';
    });
    for (const name of ['opened', 'InvalidAdapter', 'UnsupportedAdapter', 'AdapterMismatch', 'InvalidJson'])
      expect(outcomes.get(name), name).toBeGreaterThan(0);
  },
  FUZZ_TIMEOUT,
);
