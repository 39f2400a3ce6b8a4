/** What transformers' config classes of Qwen3-VL take where config.json leaves a field out (5.24.0, from their signatures). */

/** `Qwen3VLTextConfig`. */
export const TEXT_DEFAULTS = {
  vocab_size: 151936,
  hidden_size: 4096,
  intermediate_size: 22016,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  head_dim: 128,
  hidden_act: 'silu',
  max_position_embeddings: 128000,
  rms_norm_eps: 1e-6,
  /** Since 5.0; 4.57 took 5e6, and writes the field into every file. */
  rope_theta: 5e5,
  mrope_section: [24, 20, 20],
  mrope_interleaved: true,
  /** The class knows no windows. */
  use_sliding_window: false,
  max_window_layers: 0,
} as const;

/** `Qwen3VLVisionConfig`. */
export const VISION_DEFAULTS = {
  depth: 27,
  hidden_size: 1152,
  hidden_act: 'gelu_pytorch_tanh',
  intermediate_size: 4304,
  num_heads: 16,
  in_channels: 3,
  patch_size: 16,
  spatial_merge_size: 2,
  temporal_patch_size: 2,
  out_hidden_size: 3584,
  num_position_embeddings: 2304,
  deepstack_visual_indexes: [8, 16, 24],
  rope_theta: 1e4,
} as const;
