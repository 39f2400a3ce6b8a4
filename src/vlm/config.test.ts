import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { failure, FULL, HUB_3B, vision } from './testing/hub-config.ts';

const golden = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../tools/goldens/data/checkpoints/${path}`, import.meta.url), 'utf8'));

describe('parseConfig', () => {
  test('reads the hub form', () => {
    const config = parseConfig(HUB_3B, 'config.json');
    expect(config).toEqual({
      modelType: 'qwen2_5_vl',
      text: {
        hiddenSize: 2048,
        layers: 36,
        heads: 16,
        kvHeads: 2,
        headDim: 128,
        intermediateSize: 11008,
        vocabSize: 151936,
        rmsNormEps: 1e-6,
        ropeTheta: 1e6,
        mropeSection: [16, 24, 24],
        maxPositionEmbeddings: 128000,
        tieWordEmbeddings: true,
      },
      vision: {
        depth: 32,
        hiddenSize: 1280,
        heads: 16,
        intermediateSize: 3420,
        outHiddenSize: 2048,
        patchSize: 14,
        temporalPatchSize: 2,
        spatialMergeSize: 2,
        windowSize: 112,
        fullAttentionBlocks: [7, 15, 23, 31],
        inChannels: 3,
        tokensPerSecond: 2,
      },
      tokens: { image: 151655, video: 151656, visionStart: 151652, visionEnd: 151653, eos: [151645] },
    });
  });

  test('reads the nested form of transformers 5, and end tokens of generation_config.json', () => {
    const folder = 'untied-gqa7-bf16-new';
    const config = parseConfig(
      golden(`${folder}/config.json`),
      'config.json',
      golden(`${folder}/generation_config.json`),
    );
    expect(config.text).toMatchObject({
      heads: 7,
      kvHeads: 1,
      headDim: 16,
      mropeSection: [2, 3, 3],
      ropeTheta: 1e6,
    });
    expect(config.text.tieWordEmbeddings).toBe(false);
    expect(config.tokens).toEqual({
      image: 374,
      video: 375,
      visionStart: 371,
      visionEnd: 372,
      eos: [364, 362],
    });
  });

  test.each(['untied-gqa4-f32', 'tied-gqa1-bf16-old', 'untied-gqa2-f16', 'untied-gqa2-f16-b'])(
    'reads %s',
    (name) => {
      const config = parseConfig(golden(`${name}/config.json`), 'config.json');
      expect(config.text.tieWordEmbeddings).toBe(name.startsWith('tied'));
      expect(config.text.vocabSize).toBe(400);
    },
  );

  test('a tie noted only in text_config ties', () => {
    const nested = { ...HUB_3B, tie_word_embeddings: false, text_config: HUB_3B };
    expect(parseConfig(nested, 'config.json').text.tieWordEmbeddings).toBe(true);
  });

  test.each([
    ['qwen2_audio', 'Qwen2AudioForConditionalGeneration'],
    ['qwen3_vl_moe', 'Qwen3VLMoeForConditionalGeneration'],
    ['llava', 'LlavaForConditionalGeneration'],
    ['llama', 'LlamaForCausalLM'],
  ])('refuses %s by name', (model_type, architecture) => {
    expect(failure({ ...HUB_3B, model_type, architectures: [architecture] })).toMatchObject({
      name: 'UnsupportedArchitecture',
      what: expect.stringMatching(`${architecture}.*Qwen2_5_VLForConditionalGeneration`) as string,
    });
  });

  test('refuses a file that names no architecture', () => {
    expect(failure({})).toMatchObject({ name: 'UnsupportedArchitecture' });
    expect(failure([])).toMatchObject({ name: 'InvalidConfig' });
    expect(failure(null)).toMatchObject({ name: 'InvalidConfig' });
  });

  test.each([
    ['hidden_size', { ...HUB_3B, hidden_size: '2048' }],
    ['hidden_size', { ...HUB_3B, hidden_size: 2050 }],
    ['num_attention_heads', { ...HUB_3B, num_key_value_heads: 3 }],
    ['num_hidden_layers', { ...HUB_3B, num_hidden_layers: 0 }],
    ['num_hidden_layers', { ...HUB_3B, num_hidden_layers: 1.5 }],
    ['vocab_size', { ...HUB_3B, vocab_size: null }],
    ['rms_norm_eps', { ...HUB_3B, rms_norm_eps: null }],
    ['rope_theta', { ...HUB_3B, rope_theta: null }],
    ['layer_types', { ...HUB_3B, layer_types: ['full_attention'] }],
    ['text_config.num_attention_heads', { ...HUB_3B, text_config: { ...HUB_3B, num_attention_heads: 15.5 } }],
    ['image_token_id', { ...HUB_3B, image_token_id: 151936 }],
    ['eos_token_id', { ...HUB_3B, eos_token_id: '<|im_end|>' }],
    ['rope_scaling', { ...HUB_3B, hidden_size: 1024, rope_scaling: null }],
    [
      'rope_scaling.mrope_section',
      { ...HUB_3B, rope_scaling: { type: 'mrope', mrope_section: [16, 24, 23] } },
    ],
    ['rope_scaling.mrope_section', { ...HUB_3B, rope_scaling: { type: 'mrope', mrope_section: [64] } }],
    ['vision_config.fullatt_block_indexes', vision({ fullatt_block_indexes: [-1] })],
    ['vision_config.depth', vision({ depth: null })],
    ['vision_config.hidden_size', vision({ hidden_size: 1288 })],
    ['vision_config.out_hidden_size', vision({ out_hidden_size: 3584 })],
    ['vision_config.in_chans', vision({ in_chans: 4 })],
    ['vision_config.window_size', vision({ window_size: 14 })],
  ])('names the field %s', (field, json) => {
    expect(failure(json)).toMatchObject({ name: 'InvalidConfig', place: { file: 'config.json', field } });
  });

  test.each([
    ['rope_scaling', { ...HUB_3B, rope_scaling: { type: 'yarn', mrope_section: [16, 24, 24] } }],
    ['use_sliding_window', { ...HUB_3B, use_sliding_window: true, max_window_layers: 0 }],
    [
      'text_config.layer_types',
      { ...HUB_3B, text_config: { ...HUB_3B, layer_types: [...FULL.slice(1), 'sliding_attention'] } },
    ],
    [
      'rope_parameters',
      { ...HUB_3B, rope_scaling: null, rope_parameters: { rope_type: 'linear', factor: 2 } },
    ],
    [
      'rope_parameters.full_attention',
      { ...HUB_3B, rope_scaling: null, rope_parameters: { full_attention: { rope_type: 'default' } } },
    ],
    ['vision_config.rope_parameters', vision({ rope_parameters: { rope_type: 'axial', rope_theta: 5e3 } })],
    ['vision_config.rope_theta', vision({ rope_theta: 5e3 })],
    ['hidden_act', { ...HUB_3B, hidden_act: 'gelu' }],
    ['vision_config.hidden_act', vision({ hidden_act: 'gelu' })],
  ])('refuses the variant in %s', (field, json) => {
    expect(failure(json)).toMatchObject({ name: 'UnsupportedConfig', place: { field } });
  });

  test('a field called __proto__ supplies nothing', () => {
    const { rms_norm_eps, ...rest } = HUB_3B;
    const json: unknown = JSON.parse(
      JSON.stringify(rest).replace('{', `{"__proto__": {"rms_norm_eps": ${rms_norm_eps}},`),
    );
    expect(parseConfig(json, 'config.json').text.rmsNormEps).toBe(1e-5);
  });
});
