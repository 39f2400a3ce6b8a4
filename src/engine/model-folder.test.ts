import { describe, expect, it } from 'vitest';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { openCheckpoint, readTensorBytes } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { INDEX_FILE } from '../checkpoint/shard-index.ts';
import { failureOf, fileWith, folder } from '../checkpoint/testing/files.ts';
import { loadedByTransformers, weightFolder } from './testing/weight-folders.ts';
import { openModelFolder } from '../vlm/model-folder.ts';

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
const SINGLE = 'model.safetensors';
const NORM = 'model.norm.weight';
const UNLISTED_HEAD = 'tied head not in the index';

async function mean(checkpoint: Checkpoint, name: string): Promise<number | null> {
  const entry = checkpoint.tensors.get(name);
  if (entry === undefined) return null;
  const values = toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What the folder's notices say, in order. */
const NOTICES: Readonly<Record<string, readonly string[]>> = {
  'single beside shards and index': [
    `${SINGLE}: taken for the model's weights, as transformers does; not used: ${SHARDS.join(', ')}, ${INDEX_FILE}; if the shards are newer, move ${SINGLE} out of the folder`,
  ],
  'single beside a stale index': [
    `${SINGLE}: taken for the model's weights, as transformers does; not used: ${INDEX_FILE}`,
  ],
  'single beside shards': [
    `${SINGLE}: taken for the model's weights, as transformers does; not used: ${SHARDS.join(', ')}; if the shards are newer, move ${SINGLE} out of the folder`,
  ],
  'index beside a variant': [
    'model.fp32.safetensors: safetensors file that is not part of the model: not used',
  ],
  'single beside pytorch_model.bin': ['pytorch_model.bin: weights in a format that is not read: not used'],
  'index that names the single file': [
    `${SINGLE}: taken for the model's weights, as transformers does; not used: ${INDEX_FILE}`,
  ],
  'config names the file': [
    `trained.safetensors: taken for the model's weights, as config.json names it; not used: ${SINGLE}`,
  ],
  'value head not in the index': [
    `${INDEX_FILE}: it does not list model.layers.0.self_attn.rotary_emb.inv_freq, v_head.summary.weight, which lies in a shard: no part of the model`,
  ],
  'value head in no shard': [
    `${INDEX_FILE}: it lists v_head.summary.weight, model.layers.0.self_attn.rotary_emb.inv_freq, which no shard holds: not needed`,
  ],
  'tied head in no shard': [`${INDEX_FILE}: it lists lm_head.weight, which no shard holds: not needed`],
  'norm not in the index': [
    `${INDEX_FILE}: it does not list ${NORM}: read all the same, as transformers 5 does; 4.x leaves it untrained`,
  ],
  'norm in another shard': [
    `${INDEX_FILE}: ${NORM}: not in the shard it says; read from the shard that holds it`,
  ],
  'stray shard beside the index': [
    `${INDEX_FILE}: its shards were taken for the model's weights; not used: model-00003-of-00003.safetensors`,
  ],
  'empty shard': [`${INDEX_FILE}: it lists v_head.bias, which no shard holds: not needed`],
  'other dtypes that nobody needs': [
    `${SINGLE}: tensors of a dtype that is not read, and no part of the model: spare.complex (C64), spare.fnuz (F8_E4M3FNUZ), spare.scale (F8_E8M0), spare.fp4 (F4)`,
  ],
  'metadata null': [],
  'space before and after the header': [],
  'unknown fields': [],
  'weights cast to float8': [],
  'index without metadata': [],
};

/** What is refused, as transformers does or for a better reason. */
const REFUSED: Readonly<Record<string, readonly [error: string, words: string]>> = {
  'shards without an index': ['IndexMissing', SHARDS[0]],
  'shard of a value head missing': ['MissingShard', 'model-00003-of-00003.safetensors'],
  'shard of the vision tower missing': ['MissingShard', SHARDS[0]],
  // transformers fills it with ones, or leaves it empty.
  'norm in no shard': ['TensorNotInShard', NORM],
  // transformers takes the second shard's in silence, even where the index says the first.
  'norm in two shards': ['DuplicateTensor', SHARDS[1]],
  'norm in two shards, index says the first': ['DuplicateTensor', SHARDS[1]],
  // transformers 4 refuses, 5 drops the imaginary part.
  'down_proj in a complex dtype': ['UnknownDtype', 'C64'],
};

describe('a folder with more than one answer to which weights', () => {
  const current = loadedByTransformers('5.24.0');

  it.each(Object.keys(NOTICES))('is read as transformers does, and says so: %s', async (name) => {
    const { checkpoint, notices } = await openModelFolder(weightFolder(name), { name });
    const { means } = current.get(name) ?? {};
    // Of an index without metadata transformers makes nothing.
    for (const [tensor, value] of Object.entries(means ?? { [NORM]: 2 })) {
      const own = await mean(checkpoint, tensor);
      // A tied head is the embedding.
      expect(own ?? (await mean(checkpoint, 'model.embed_tokens.weight'))).toBe(value);
    }
    expect(notices.filter((notice) => !notice.startsWith('lm_head'))).toEqual(NOTICES[name]);
    // Update energy reads no config: the same files, the same words.
    const alone = await openCheckpoint(weightFolder(name), { name });
    expect(alone.weightFiles).toEqual(checkpoint.weightFiles);
    expect(alone.notices.map(({ file, text }) => `${file}: ${text}`)).toEqual(NOTICES[name]);
  });

  it.each(Object.entries(REFUSED))('is refused by name: %s', async (name, [error, words]) => {
    const refusal = await failureOf(openModelFolder(weightFolder(name), { name }));
    expect(refusal.name).toBe(error);
    expect(refusal.message).toContain(words);
    expect((await failureOf(openCheckpoint(weightFolder(name), { name }))).message).toBe(refusal.message);
  });

  it('takes a tied head into account that the index does not list: transformers reads it, too', async () => {
    const { checkpoint, notices } = await openModelFolder(weightFolder(UNLISTED_HEAD), { name: 'x' });
    expect(checkpoint.tiedHead).toBe(true);
    expect(await mean(checkpoint, 'lm_head.weight')).toBe(
      current.get(UNLISTED_HEAD)?.means?.['lm_head.weight'],
    );
    expect(notices).toEqual([
      `${INDEX_FILE}: it does not list lm_head.weight, which lies in a shard: taken into account, as transformers 5 does`,
      expect.stringContaining('it equals model.embed_tokens.weight'),
    ]);
  });

  it('leaves no folder of the fixtures out', () => {
    const tried = [...Object.keys(NOTICES), ...Object.keys(REFUSED), UNLISTED_HEAD];
    const others = [...current.keys()].filter((name) => !/^(quantized|plain weights declared)/.test(name));
    expect(others.sort()).toEqual(tried.sort());
    for (const name of Object.keys(NOTICES)) {
      if (name !== 'index without metadata') expect(current.get(name)?.missing).toEqual([]);
    }
  });
});

describe('a quantized folder', () => {
  it.each([
    [
      'float8 with a scale for each row',
      'compressed-tensors, float-quantized',
      'FP8 or INT8',
      'run_compressed=False',
    ],
    ['float8 with a scale for each block', 'fp8', 'FP8 in blocks', 'dequantize=True'],
    ['int8 with SCB', 'bitsandbytes, 8 bits', 'bitsandbytes LLM.int8', 'model.dequantize()'],
    ['nf4', 'bitsandbytes, 4 bits', 'bitsandbytes, 4 bits', 'model.dequantize()'],
    ['awq', 'awq, 4 bits', 'AWQ or GPTQ', 'quantized from'],
    ['packed int4', 'compressed-tensors, pack-quantized', 'compressed-tensors', 'run_compressed=False'],
    ['mlx', 'mlx, 4 bits', 'with scales, as of MLX', 'quantized from'],
  ])('is refused by name, with its declaration or without: %s', async (layout, label, shown, way) => {
    const files = weightFolder(`quantized, ${layout}`);
    for (const work of [openModelFolder(files, { name: 'x' }), openCheckpoint(files)]) {
      const refusal = await failureOf(work);
      expect(refusal.name).toBe('QuantizedWeights');
      expect(refusal.what).toContain(`(${label})`);
      expect(refusal.what).toMatch(/model\.layers\.0\.\S+ \(\w+\) and \d+ more tensors/);
      expect(refusal.place.file).toBe('config.json');
      expect(refusal.remedy).toContain(way);
    }
    const silent = new Map([...files].filter(([file]) => file !== 'config.json'));
    const refusal = await failureOf(openCheckpoint(silent));
    expect(refusal.name).toBe('QuantizedWeights');
    expect(refusal.what).toContain(`(${shown})`);
    expect(refusal.place.file).toBe(SINGLE);
  });

  it('opens as transformers reads it where its scales are there, and their format is read', async () => {
    const name = 'quantized, float8 with a scale for each block';
    const { checkpoint, notices } = await openModelFolder(await readableFolder(weightFolder(name)), { name });
    for (const [tensor, value] of Object.entries(loadedByTransformers('5.24.0').get(name)?.means ?? {})) {
      expect(await mean(checkpoint, tensor)).toBe(value);
    }
    expect(checkpoint.format).toBe('FP8 (E4M3, a scale for each block of 128 × 128)');
    expect(notices).toEqual([]);
  });

  // Names and dtypes as written by bitsandbytes 0.50.2, torchao 0.18, optimum-quanto 0.2.7, and as ModelOpt, HQQ, AQLM and
  // EETQ are read by transformers 5.24.
  it.each([
    ['weight.quant_state.bitsandbytes__fp4', 'U8', 'bitsandbytes, 4 bits'],
    ['_weight_qdata', 'F8_E4M3', 'torchao'],
    ['weight._data', 'I8', 'quanto'],
    ['weight_scale_2', 'F32', 'ModelOpt, NVFP4'],
    ['W_q', 'U8', 'HQQ'],
    ['codebooks', 'F16', 'AQLM'],
    ['weight_scales', 'F16', 'EETQ'],
    ['weight', 'I8', 'I8 codes'],
    ['weight', 'U8', 'U8 codes'],
  ] as const)('is told by down_proj.%s (%s)', async (part, dtype, label) => {
    const size = dtype === 'F32' ? 4 : dtype === 'F16' ? 2 : 1;
    const entry = { dtype, shape: [2, 2], data_offsets: [0, 4 * size] };
    const header = JSON.stringify({ [`model.language_model.layers.3.mlp.down_proj.${part}`]: entry });
    const refusal = await failureOf(openCheckpoint(folder({ [SINGLE]: fileWith(header, 4 * size) })));
    expect(refusal).toMatchObject({ name: 'QuantizedWeights', place: { file: SINGLE } });
    expect(refusal.what).toContain(`(${label})`);
  });

  it('is told to step aside where shards with an index lie beside it', async () => {
    const plain = weightFolder('single beside shards and index');
    const quantized = weightFolder('quantized, float8 with a scale for each row').get(SINGLE);
    const files = new Map([...plain, ...(quantized ? [[SINGLE, quantized] as const] : [])]);
    const refusal = await failureOf(openModelFolder(files, { name: 'x' }));
    expect(refusal.name).toBe('QuantizedWeights');
    expect(refusal.remedy).toMatch(
      /^move model\.safetensors out of the folder, so that the shards are read, or /,
    );
    files.delete(SINGLE);
    expect(await mean((await openModelFolder(files, { name: 'x' })).checkpoint, NORM)).toBe(1);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'config.json',
      { text_config: { quantization_config: { quant_method: 'gptq', bits: 4 } } },
      'gptq, 4 bits',
    ],
    [
      'config.json',
      { compression_config: { format: 'pack-quantized' } },
      'compressed-tensors, pack-quantized',
    ],
    ['quantize_config.json', { bits: 4, group_size: 128 }, 'gptq, 4 bits'],
    ['quant_config.json', { zero_point: true, w_bit: 4 }, 'awq, 4 bits'],
    ['hf_quant_config.json', { quantization: { quant_algo: 'NVFP4' } }, 'modelopt, NVFP4'],
  ])('is told by %s', async (file, content, label) => {
    const weights = weightFolder('quantized, awq').get(SINGLE);
    const files = new Map(folder({ [file]: JSON.stringify(content) }));
    if (weights) files.set(SINGLE, weights);
    const refusal = await failureOf(openCheckpoint(files));
    expect(refusal).toMatchObject({ name: 'QuantizedWeights', place: { file } });
    expect(refusal.what).toContain(`(${label})`);
  });

  it('is opened where only the declaration was left behind, with a word about it', async () => {
    for (const [method, label] of [
      ['fp8', 'fp8'],
      ['a method of tomorrow', 'a method of tomorrow'],
    ] as const) {
      const name = `plain weights declared ${method}`;
      const { checkpoint, notices } = await openModelFolder(weightFolder(name), { name });
      expect(await mean(checkpoint, NORM)).toBe(loadedByTransformers('5.24.0').get(name)?.means?.[NORM]);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toContain(
        `config.json: its quantization_config says the weights are quantized (${label}), and they are not`,
      );
    }
  });

  it('is not what adapters, frequencies and caches leave beside plain weights', async () => {
    const entries = (checkpoint: Checkpoint): TensorEntry[] => [...checkpoint.tensors.values()];
    const opened = await openCheckpoint(weightFolder('value head not in the index'));
    expect(entries(opened).map(({ name }) => name)).toContain('model.layers.0.self_attn.rotary_emb.inv_freq');
  });
});

describe('a folder of another kind', () => {
  const tokenizer = { 'tokenizer.json': '{}' };
  it.each<[string, Record<string, string>, string]>([
    [
      'AdapterOnly',
      { 'adapter_config.json': '{}', 'adapter_model.safetensors': '', ...tokenizer },
      'merge_and_unload',
    ],
    ['AdapterOnly', { 'adapter_config.json': '{}', 'adapter_model.bin': '' }, 'merge_and_unload'],
    [
      'AdapterOnly',
      {
        'adapter_model.safetensors': '',
        'zero_to_fp32.py': '',
        'global_step5/mp_rank_00_model_states.pt': '',
      },
      'merge_and_unload',
    ],
    [
      'FsdpShards',
      {
        'model_world_size_2_rank_0.pt': '',
        'model_world_size_2_rank_1.pt': '',
        'optim_world_size_2_rank_0.pt': '',
        'huggingface/config.json': '{}',
      },
      'verl.model_merger',
    ],
    ['FsdpShards', { 'actor/model_world_size_1_rank_0.pt': '', 'data.pt': '' }, 'scripts/model_merger.py'],
    [
      'ZeroShards',
      {
        'zero_to_fp32.py': '',
        latest: 'global_step100',
        'global_step100/zero_pp_rank_0_mp_rank_00_model_states.pt': '',
        ...tokenizer,
      },
      'zero_to_fp32.py . OUT --safe_serialization',
    ],
    ['ZeroShards', { 'bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt': '' }, 'zero_to_fp32.py'],
    ['DistributedCheckpoint', { 'pytorch_model_fsdp_0/__0_0.distcp': '' }, 'accelerate merge-weights'],
    ['DistributedCheckpoint', { 'latest_checkpointed_iteration.txt': '10' }, 'megatron'],
    ['GgufWeights', { 'gguf/7b-q4_k_m.gguf': '', 'gguf/mmproj-f16.gguf': '' }, 'themselves lie'],
    ['GgufWeights', { 'ggml-model-q4_0.ggml': '' }, 'convert a model in .ggml again'],
    ['OnnxWeights', { 'onnx/decoder_model.onnx': '', 'onnx/decoder_model.onnx_data': '' }, 'exported from'],
    ['UnsupportedWeights', { 'pytorch_model-00001-of-00002.bin': '' }, 'save_pretrained'],
    ['UnsupportedWeights', { 'last.ckpt': '' }, 'in the program that trained them'],
  ])('is %s, whether or not it has a config', async (error, contents, way) => {
    const files = folder(contents);
    const refusal = await failureOf(openModelFolder(files, { name: 'x' }));
    expect(refusal.name).toBe(error);
    expect(refusal.remedy).toContain(way);
    expect((await failureOf(openCheckpoint(files))).message).toBe(refusal.message);
    const config = weightFolder('metadata null').get('config.json');
    const configured = new Map([...files, ...(config ? [['config.json', config] as const] : [])]);
    expect((await failureOf(openModelFolder(configured, { name: 'x' }))).message).toBe(refusal.message);
  });

  it('is a model without a config where weights are there', async () => {
    const weights = weightFolder('metadata null').get(SINGLE);
    const files = new Map([
      ...folder({ 'training_args.bin': '' }),
      ...(weights ? [[SINGLE, weights] as const] : []),
    ]);
    expect((await failureOf(openModelFolder(files, { name: 'x' }))).name).toBe('MissingConfig');
  });
});
