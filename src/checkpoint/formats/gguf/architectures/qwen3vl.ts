import type { GgufArchitecture } from './architecture.ts';
import { mropeSections } from './mrope-sections.ts';
import { BYTE_PAIRS } from './byte-pairs.ts';

/** Qwen3-VL, the dense ones. */
export const GGUF_QWEN3_VL: GgufArchitecture = {
  language: 'qwen3vl',
  projector: 'qwen3vl_merger',
  modelType: 'qwen3_vl',
  className: 'Qwen3VLForConditionalGeneration',
  imageProcessor: 'Qwen2VLImageProcessorFast',
  prefixes: { language: 'model.language_model.', vision: 'model.visual.' },
  nested: true,
  tokenizer: BYTE_PAIRS,
  splitsQkv: false,
  mlp: { ffn_up: 'mlp.linear_fc1', ffn_down: 'mlp.linear_fc2' },
  merger: { norm: 'norm', widen: 'linear_fc1', narrow: 'linear_fc2' },
  text: (metadata, key) => ({
    attention_bias: false,
    head_dim: metadata.count(key('attention.key_length')),
    rope_scaling: {
      rope_type: metadata.text(key('rope.scaling.type')) ?? 'default',
      mrope_interleaved: true,
      ...mropeSections(metadata, key),
    },
  }),
  visionKeys: (vision) => {
    const deep = vision.numbers('deepstack_visual_indexes');
    const blocks = Array.from({ length: vision.number('depth') }, (_, block) => deep.includes(block));
    return [
      ['clip.use_gelu', 'BOOL', true],
      ['clip.vision.spatial_merge_size', 'UINT32', vision.number('spatial_merge_size')],
      ['clip.vision.is_deepstack_layers', 'ARRAY:BOOL', blocks],
    ];
  },
  vision: (facts) => ({
    hidden_act: 'gelu_pytorch_tanh',
    hidden_size: facts.hiddenSize,
    intermediate_size: facts.intermediateSize,
    out_hidden_size: facts.outSize,
    num_position_embeddings: facts.positions,
    deepstack_visual_indexes: facts.deepstack,
  }),
};
