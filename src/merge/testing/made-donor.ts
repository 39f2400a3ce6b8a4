import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { QwenShape } from '../../checkpoint/testing/qwen-layout.ts';
import { qwenTensors } from '../../checkpoint/testing/qwen-layout.ts';
import { planSafetensors } from '../../checkpoint/writing.ts';
import { CONFIG_7B } from './config-7b.ts';

const MIB = 2 ** 20;

/** Below any vocabulary. */
const SPECIAL_TOKENS = {
  eos_token_id: 1,
  image_token_id: 2,
  video_token_id: 3,
  vision_start_token_id: 4,
  vision_end_token_id: 5,
};

/**
 * A bfloat16 checkpoint with one vision block, in files of the browser: its bytes are the same MiB over and over, which
 * another `seed` makes others, so that any size costs the page nothing.
 */
export function madeDonor(shape: QwenShape, seed: number): CheckpointFiles {
  const tensors = qwenTensors(shape).filter(({ name }) => !/^visual\.blocks\.[1-9]/.test(name));
  const { head, bytes } = planSafetensors(tensors);
  const values = Uint16Array.from({ length: MIB / 2 }, (_, i) => 0x3c00 + ((i * seed) & 0xff));
  const left = bytes - head.length;
  const whole = Array.from({ length: Math.floor(left / MIB) }, () => values);
  const config = {
    ...CONFIG_7B,
    hidden_size: shape.hidden,
    intermediate_size: shape.intermediate,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.hidden / 128,
    num_key_value_heads: shape.kvSize / 128,
    vocab_size: shape.vocabulary,
    tie_word_embeddings: shape.tied,
    ...SPECIAL_TOKENS,
    vision_config: {
      ...CONFIG_7B.vision_config,
      depth: 1,
      fullatt_block_indexes: [0],
      out_hidden_size: shape.hidden,
    },
  };
  const files = [
    new File([head, ...whole, new Uint8Array(values.buffer, 0, left % MIB)], 'model.safetensors'),
    new File([JSON.stringify(config)], 'config.json'),
  ];
  return new Map(files.map((file) => [file.name, file]));
}
