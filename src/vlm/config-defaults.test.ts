import { describe, expect, test } from 'vitest';
import { parseConfig, readConfig } from './config.ts';
import { FULL, HUB_3B, vision } from './testing/hub-config.ts';

/** Every value below is what AutoConfig of transformers 5.24.0 makes of the same file. */
describe('what a file leaves out, or says twice', () => {
  const text = (json: unknown): object => parseConfig(json, 'config.json').text;
  const tower = (json: unknown): object => parseConfig(json, 'config.json').vision;

  test('is the default of the class', () => {
    const bare = { model_type: 'qwen2_5_vl', vision_config: { out_hidden_size: 8192 } };
    const { config } = readConfig(bare, 'config.json');
    expect(config.text).toEqual({
      hiddenSize: 8192,
      layers: 80,
      heads: 64,
      kvHeads: 8,
      headDim: 128,
      intermediateSize: 29568,
      vocabSize: 152064,
      rmsNormEps: 1e-5,
      ropeTheta: 1e6,
      mropeSection: [16, 24, 24],
      maxPositionEmbeddings: 32768,
      tieWordEmbeddings: false,
    });
    expect(config.vision).toEqual({
      depth: 32,
      hiddenSize: 3584,
      heads: 16,
      intermediateSize: 3420,
      outHiddenSize: 8192,
      patchSize: 14,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      windowSize: 112,
      fullAttentionBlocks: [7, 15, 23, 31],
      inChannels: 3,
      tokensPerSecond: 4,
    });
    expect(config.tokens).toMatchObject({
      image: 151655,
      video: 151656,
      visionStart: 151652,
      visionEnd: 151653,
    });
  });

  test.each([undefined, null, {}])('vision_config %s is a tower of defaults', (vision_config) => {
    const json = {
      ...HUB_3B,
      hidden_size: 3584,
      num_attention_heads: 28,
      num_key_value_heads: 4,
      vision_config,
    };
    expect(tower(json)).toMatchObject({ depth: 32, hiddenSize: 3584, outHiddenSize: 3584 });
  });

  test('num_key_value_heads: null is num_attention_heads, left out it is 8', () => {
    expect(text({ ...HUB_3B, num_key_value_heads: null })).toMatchObject({ kvHeads: 16 });
    expect(text({ ...HUB_3B, num_key_value_heads: undefined })).toMatchObject({ kvHeads: 8 });
  });

  test('text_config wins over the root, and takes nothing from it', () => {
    const { rms_norm_eps, ...nested } = HUB_3B;
    expect(text({ ...HUB_3B, rms_norm_eps, num_hidden_layers: 9, text_config: nested })).toMatchObject({
      layers: 36,
      rmsNormEps: 1e-5,
    });
  });

  test.each([
    ['rope_scaling null', { rope_scaling: null }, [16, 24, 24], 1e6],
    ['no mrope_section', { rope_scaling: { type: 'mrope' }, rope_theta: 5e4 }, [16, 24, 24], 5e4],
    ['theta inside', { rope_scaling: { mrope_section: [20, 20, 24], rope_theta: 7 } }, [20, 20, 24], 7],
    [
      'both names',
      {
        rope_scaling: { type: 'mrope', mrope_section: [20, 20, 24] },
        rope_parameters: { rope_type: 'default', mrope_section: [16, 24, 24], rope_theta: 7 },
        rope_theta: 5e4,
      },
      [20, 20, 24],
      5e4,
    ],
    [
      'an empty rope_scaling',
      { rope_scaling: {}, rope_parameters: { mrope_section: [20, 20, 24], rope_theta: 7 } },
      [20, 20, 24],
      7,
    ],
  ])('rotary positions: %s', (_, change, mropeSection, ropeTheta) => {
    expect(text({ ...HUB_3B, ...change })).toMatchObject({ mropeSection, ropeTheta });
  });

  test.each([
    { use_sliding_window: true, sliding_window: null, max_window_layers: 0 },
    { use_sliding_window: true, max_window_layers: undefined },
    { use_sliding_window: true, max_window_layers: 0, layer_types: FULL },
    { use_sliding_window: null, hidden_act: 'swish' },
  ])('full attention: %o', (change) => {
    expect(text({ ...HUB_3B, ...change })).toEqual(text(HUB_3B));
  });

  test('a small tower keeps the list of window-free blocks of a large one', () => {
    expect(tower(vision({ depth: 8 }))).toMatchObject({ fullAttentionBlocks: [7] });
    expect(tower(vision({ depth: 4 }))).toMatchObject({ fullAttentionBlocks: [] });
  });

  // https://github.com/huggingface/trl/pull/5792: tiny models made with the wrong key.
  test.each([
    ['4.57.6', { num_heads: 16, num_attention_heads: 4 }, 16, 1],
    ['4.49.0', { num_heads: undefined, num_attention_heads: 4 }, 16, 1],
    ['5.24.0', { num_heads: undefined, num_attention_heads: 4 }, 4, 0],
    ['5.24.0', { num_heads: 4, num_attention_heads: 4 }, 4, 0],
  ])('vision_config.num_attention_heads in a file of %s: %o', (version, change, heads, notices) => {
    const json = { ...vision(change), transformers_version: version };
    const read = readConfig(json, 'config.json');
    expect(read.config.vision.heads).toBe(heads);
    expect(
      read.notices.map((notice) => notice.includes('num_attention_heads 4 besides num_heads 16')),
    ).toEqual(Array.from({ length: notices }, () => true));
  });
});
