import type { VlmConfig } from '../../vlm/config.ts';
import { parseConfig } from '../../vlm/config.ts';

/** The config.json of Qwen2.5-VL-7B-Instruct, as it is published. */
export const JSON_7B = {
  model_type: 'qwen2_5_vl',
  eos_token_id: 151645,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  image_token_id: 151655,
  video_token_id: 151656,
  hidden_size: 3584,
  intermediate_size: 18944,
  max_position_embeddings: 128000,
  num_attention_heads: 28,
  num_hidden_layers: 28,
  num_key_value_heads: 4,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000,
  tie_word_embeddings: false,
  vocab_size: 152064,
  vision_config: {
    depth: 32,
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    in_chans: 3,
    out_hidden_size: 3584,
    patch_size: 14,
    spatial_merge_size: 2,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
    tokens_per_second: 2,
    temporal_patch_size: 2,
  },
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
};

/** The same, read. */
export const QWEN_7B: VlmConfig = parseConfig(JSON_7B, 'config.json');
