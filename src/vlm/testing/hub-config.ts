import { parseConfig } from '../config.ts';

/** config.json of Qwen2.5-VL-3B-Instruct in what bears on the model. */
export const HUB_3B = {
  architectures: ['Qwen2_5_VLForConditionalGeneration'],
  model_type: 'qwen2_5_vl',
  eos_token_id: 151645,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  image_token_id: 151655,
  video_token_id: 151656,
  hidden_act: 'silu',
  hidden_size: 2048,
  intermediate_size: 11008,
  max_position_embeddings: 128000,
  max_window_layers: 70,
  num_attention_heads: 16,
  num_hidden_layers: 36,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000,
  use_sliding_window: false,
  tie_word_embeddings: true,
  vision_config: {
    depth: 32,
    hidden_act: 'silu',
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    in_chans: 3,
    out_hidden_size: 2048,
    patch_size: 14,
    spatial_merge_size: 2,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
    tokens_per_second: 2,
    temporal_patch_size: 2,
  },
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  vocab_size: 151936,
};

/** `layer_types` as transformers 4.53 and later write it. */
export const FULL = Array.from({ length: 36 }, () => 'full_attention');

/** The same file with fields of the vision tower changed. */
export const vision = (change: object): object => ({
  ...HUB_3B,
  vision_config: { ...HUB_3B.vision_config, ...change },
});

/** What reading the file throws, or undefined. */
export const failure = (json: unknown): unknown => {
  try {
    parseConfig(json, 'config.json');
  } catch (error) {
    return error;
  }
  return undefined;
};
