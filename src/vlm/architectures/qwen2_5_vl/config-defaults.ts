/**
 * What transformers' config classes take where config.json leaves a field out, read from their signatures by running
 * the releases 4.49.0 to 5.24.0 (`tools/configs/`). A number here is the same in all of them: 4.49 has the text
 * fields in Qwen2_5_VLConfig, later releases in Qwen2_5_VLTextConfig. It matters because 4.49.0 writes no vision field
 * that equals its default, and because people write and trim such files by hand.
 */

/** `Qwen2_5_VLTextConfig`: the shape of a 72B model, so that a trimmed file seldom fits its weights by chance. */
export const TEXT_DEFAULTS = {
  vocab_size: 152064,
  hidden_size: 8192,
  intermediate_size: 29568,
  num_hidden_layers: 80,
  num_attention_heads: 64,
  /** Where the field is left out; written as null it is num_attention_heads. */
  num_key_value_heads: 8,
  hidden_act: 'silu',
  max_position_embeddings: 32768,
  rms_norm_eps: 1e-5,
  rope_theta: 1e6,
  /** Since 5.17 (`Qwen2_5_VLRotaryEmbedding`); earlier releases cannot run a model without the field. */
  mrope_section: [16, 24, 24],
  use_sliding_window: false,
  max_window_layers: 80,
} as const;

/** `Qwen2_5_VLVisionConfig`. */
export const VISION_DEFAULTS = {
  depth: 32,
  hidden_size: 3584,
  hidden_act: 'silu',
  intermediate_size: 3420,
  num_heads: 16,
  in_channels: 3,
  patch_size: 14,
  spatial_merge_size: 2,
  temporal_patch_size: 2,
  tokens_per_second: 4,
  window_size: 112,
  out_hidden_size: 3584,
  fullatt_block_indexes: [7, 15, 23, 31],
  /** Configurable since 5.18; before, the code's constant. */
  rope_theta: 1e4,
} as const;

/**
 * `Qwen2_5_VLConfig`: image and video since 4.52, start and end since 4.57; earlier releases have no default. No
 * release ends an answer by a default: eos_token_id 151645 of `Qwen2_5_VLTextConfig` (since 5.0) does not reach
 * `generate`, which reads the file.
 */
export const TOKEN_DEFAULTS = {
  image_token_id: 151655,
  video_token_id: 151656,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
} as const;
