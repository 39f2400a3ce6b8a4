/** Qwen2-VL and Qwen2.5-VL: one language model, told apart by the tower's file. */
import type { Fields } from '../fields.ts';
import type { GgufMetadata } from '../metadata.ts';
import type { GgufKey } from '../write-head.ts';
import type { GgufArchitecture, VisionFacts } from './architecture.ts';
import { mropeSections } from './mrope-sections.ts';
import { BYTE_PAIRS } from './byte-pairs.ts';

/** What llama.cpp takes where the file states none, as its converter does not write it; all published models have it. */
const WINDOW_SIZE = 112;

const SHARED = {
  language: 'qwen2vl',
  imageProcessor: 'Qwen2VLImageProcessor',
  prefixes: { language: 'model.', vision: 'visual.' },
  nested: false,
  tokenizer: BYTE_PAIRS,
  splitsQkv: true,
  merger: { norm: 'ln_q', widen: 'mlp.0', narrow: 'mlp.2' },
  text: (metadata: GgufMetadata, key: (name: string) => string) => ({
    use_sliding_window: false,
    rope_scaling: {
      type: metadata.text(key('rope.scaling.type')) ?? 'mrope',
      ...mropeSections(metadata, key),
    },
  }),
} as const;

export const GGUF_QWEN2_VL: GgufArchitecture = {
  ...SHARED,
  projector: 'qwen2vl_merger',
  modelType: 'qwen2_vl',
  className: 'Qwen2VLForConditionalGeneration',
  mlp: { ffn_up: 'mlp.fc1', ffn_down: 'mlp.fc2' },
  visionKeys: () => [],
  vision: ({ hiddenSize, intermediateSize, outSize }) => ({
    embed_dim: hiddenSize,
    hidden_size: outSize,
    mlp_ratio: intermediateSize / hiddenSize,
  }),
};

export const GGUF_QWEN2_5_VL: GgufArchitecture = {
  ...SHARED,
  projector: 'qwen2.5vl_merger',
  modelType: 'qwen2_5_vl',
  className: 'Qwen2_5_VLForConditionalGeneration',
  visionKeys: windowKeys,
  mlp: { ffn_gate: 'mlp.gate_proj', ffn_up: 'mlp.up_proj', ffn_down: 'mlp.down_proj' },
  vision: (facts) => ({
    hidden_act: 'silu',
    hidden_size: facts.hiddenSize,
    intermediate_size: facts.intermediateSize,
    out_hidden_size: facts.outSize,
    window_size: facts.metadata.count('clip.vision.window_size', WINDOW_SIZE),
    fullatt_block_indexes: fullAttention(facts),
    tokens_per_second: 2,
  }),
};

/** Every n-th block attends to all: other layouts the key cannot say. */
function windowKeys(vision: Fields): readonly GgufKey[] {
  const [first = 0, ...others] = vision.numbers('fullatt_block_indexes');
  if (!others.every((block, index) => block === (first + 1) * (index + 2) - 1))
    throw vision.missing('fullatt_block_indexes', 'a list of every n-th block');
  return [
    ['clip.use_silu', 'BOOL', true],
    ['clip.vision.n_wa_pattern', 'UINT32', first + 1],
  ];
}

/** Every `n_wa_pattern`-th block, or all but those that are listed as windowed; without either, all. */
function fullAttention({ metadata, depth }: VisionFacts): readonly number[] {
  const blocks = Array.from({ length: depth }, (_, block) => block);
  const windowed = metadata.numbers('clip.vision.wa_layer_indexes');
  if (windowed !== undefined) return blocks.filter((block) => !windowed.includes(block));
  const pattern = metadata.index('clip.vision.n_wa_pattern') ?? 0;
  return pattern === 0 ? blocks : blocks.filter((block) => (block + 1) % pattern === 0);
}
