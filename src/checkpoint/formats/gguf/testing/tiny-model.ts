/** A model of one layer and one vision block in GGUF, some 3 kB: what header tests start from. */
import { bytesOf, type Key, seededBytes, type WrittenTensor } from './gguf-file.ts';
import type { ReadType } from '../ggml-types.ts';

const TOKENS = [
  'a',
  'b',
  'ab',
  '<|im_end|>',
  '<|image_pad|>',
  '<|video_pad|>',
  '<|vision_start|>',
  '<|vision_end|>',
];

export const LANGUAGE_KEYS: readonly Key[] = [
  ['general.architecture', 'STRING', 'qwen2vl'],
  ['general.type', 'STRING', 'model'],
  ['qwen2vl.block_count', 'UINT32', 1],
  ['qwen2vl.context_length', 'UINT32', 64],
  ['qwen2vl.embedding_length', 'UINT32', 32],
  ['qwen2vl.feed_forward_length', 'UINT32', 32],
  ['qwen2vl.attention.head_count', 'UINT32', 2],
  ['qwen2vl.attention.head_count_kv', 'UINT32', 1],
  ['qwen2vl.rope.dimension_sections', 'ARRAY:INT32', [2, 3, 3, 0]],
  ['qwen2vl.rope.freq_base', 'FLOAT32', 1e6],
  ['qwen2vl.attention.layer_norm_rms_epsilon', 'FLOAT32', 1e-6],
  ['tokenizer.ggml.model', 'STRING', 'gpt2'],
  ['tokenizer.ggml.pre', 'STRING', 'qwen2'],
  ['tokenizer.ggml.tokens', 'ARRAY:STRING', TOKENS],
  ['tokenizer.ggml.token_type', 'ARRAY:INT32', [1, 1, 1, 3, 3, 3, 3, 3]],
  ['tokenizer.ggml.merges', 'ARRAY:STRING', ['a b']],
  ['tokenizer.ggml.eos_token_id', 'UINT32', 3],
  ['tokenizer.ggml.add_bos_token', 'BOOL', false],
];

export const VISION_KEYS: readonly Key[] = [
  ['general.architecture', 'STRING', 'clip'],
  ['clip.has_vision_encoder', 'BOOL', true],
  ['clip.projector_type', 'STRING', 'qwen2.5vl_merger'],
  ['clip.vision.patch_size', 'UINT32', 2],
  ['clip.vision.embedding_length', 'UINT32', 8],
  ['clip.vision.feed_forward_length', 'UINT32', 16],
  ['clip.vision.block_count', 'UINT32', 1],
  ['clip.vision.attention.head_count', 'UINT32', 2],
  ['clip.vision.image_mean', 'ARRAY:FLOAT32', [0.5, 0.5, 0.5]],
  ['clip.vision.image_std', 'ARRAY:FLOAT32', [0.5, 0.5, 0.5]],
  ['clip.vision.n_wa_pattern', 'UINT32', 1],
];

function tensor(name: string, type: ReadType, shape: readonly number[]): WrittenTensor {
  return { name, type, shape, bytes: seededBytes(name.length, bytesOf(type, shape)) };
}

export const LANGUAGE_TENSORS: readonly WrittenTensor[] = [
  tensor('token_embd.weight', 'Q8_0', [8, 32]),
  tensor('blk.0.attn_norm.weight', 'F32', [32]),
  tensor('blk.0.attn_q.weight', 'Q4_0', [32, 32]),
  tensor('blk.0.attn_q.bias', 'F32', [32]),
  tensor('blk.0.ffn_down.weight', 'F16', [32, 32]),
  tensor('output_norm.weight', 'F32', [32]),
];

export const VISION_TENSORS: readonly WrittenTensor[] = [
  tensor('v.patch_embd.weight', 'F16', [8, 3, 2, 2]),
  tensor('v.patch_embd.weight.1', 'F16', [8, 3, 2, 2]),
  ...['attn_q', 'attn_k', 'attn_v'].flatMap((part) => [
    tensor(`v.blk.0.${part}.weight`, 'F16', [8, 8]),
    tensor(`v.blk.0.${part}.bias`, 'F32', [8]),
  ]),
  tensor('v.blk.0.ffn_up.weight', 'F16', [16, 8]),
  tensor('v.blk.0.ffn_down.weight', 'F16', [8, 16]),
  tensor('mm.2.weight', 'F16', [32, 32]),
];
