/** Qwen3-VL as it is published. */

export interface PublishedSize {
  readonly hidden: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly heads: number;
  readonly tied: boolean;
  readonly blocks: number;
  readonly visionHidden: number;
  readonly visionIntermediate: number;
  readonly deepstack: readonly number[];
  /** Of the model that transformers 5.24 makes of the config, tied ones once. */
  readonly tensors: number;
  readonly parameters: number;
}

const SMALL_TOWER = { blocks: 24, visionHidden: 1024, visionIntermediate: 4096, deepstack: [5, 11, 17] };
const LARGE_TOWER = { blocks: 27, visionHidden: 1152, visionIntermediate: 4304, deepstack: [8, 16, 24] };

export const QWEN3_VL_SIZES: Readonly<Record<'2B' | '4B' | '8B' | '32B', PublishedSize>> = {
  '2B': {
    ...{ hidden: 2048, intermediate: 6144, layers: 28, heads: 16, tied: true, ...SMALL_TOWER },
    ...{ tensors: 625, parameters: 2_127_532_032 },
  },
  '4B': {
    ...{ hidden: 2560, intermediate: 9728, layers: 36, heads: 32, tied: true, ...SMALL_TOWER },
    ...{ tensors: 713, parameters: 4_437_815_808 },
  },
  '8B': {
    ...{ hidden: 4096, intermediate: 12288, layers: 36, heads: 32, tied: false, ...LARGE_TOWER },
    ...{ tensors: 750, parameters: 8_767_123_696 },
  },
  '32B': {
    ...{ hidden: 5120, intermediate: 25600, layers: 64, heads: 64, tied: false, ...LARGE_TOWER },
    ...{ tensors: 1058, parameters: 33_357_390_064 },
  },
};

/** config.json in the hub's form, in what bears on the model. */
export function qwen3VlConfig(size: PublishedSize) {
  return {
    architectures: ['Qwen3VLForConditionalGeneration'],
    model_type: 'qwen3_vl',
    image_token_id: 151655,
    video_token_id: 151656,
    vision_start_token_id: 151652,
    vision_end_token_id: 151653,
    tie_word_embeddings: size.tied,
    transformers_version: '4.57.0.dev0',
    text_config: {
      attention_bias: false,
      dtype: 'bfloat16',
      eos_token_id: 151645,
      head_dim: 128,
      hidden_act: 'silu',
      hidden_size: size.hidden,
      intermediate_size: size.intermediate,
      max_position_embeddings: 262144,
      model_type: 'qwen3_vl_text',
      num_attention_heads: size.heads,
      num_hidden_layers: size.layers,
      num_key_value_heads: 8,
      rms_norm_eps: 1e-6,
      rope_scaling: { mrope_interleaved: true, mrope_section: [24, 20, 20], rope_type: 'default' },
      rope_theta: 5000000,
      tie_word_embeddings: size.tied,
      vocab_size: 151936,
    },
    vision_config: {
      deepstack_visual_indexes: size.deepstack,
      depth: size.blocks,
      hidden_act: 'gelu_pytorch_tanh',
      hidden_size: size.visionHidden,
      in_channels: 3,
      intermediate_size: size.visionIntermediate,
      model_type: 'qwen3_vl',
      num_heads: 16,
      num_position_embeddings: 2304,
      out_hidden_size: size.hidden,
      patch_size: 16,
      spatial_merge_size: 2,
      temporal_patch_size: 2,
    },
  };
}
