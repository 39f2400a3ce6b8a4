/** A base and an adapter made in the test, small enough to be spoiled a thousand times. */
import type { CheckpointFiles } from '../../../byte-source.ts';
import { heldSource } from '../../../testing/held-source.ts';
import { planSafetensors } from '../../../writing.ts';

/** Shapes by name. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

export const BASE_SHAPES: Shapes = {
  'model.embed_tokens.weight': [6, 4],
  'model.layers.0.self_attn.q_proj.weight': [8, 4],
  'model.layers.0.self_attn.q_proj.bias': [8],
  'model.layers.0.self_attn.o_proj.weight': [4, 4],
  'visual.blocks.0.attn.qkv.weight': [6, 2],
  'model.norm.weight': [4],
  'lm_head.weight': [6, 4],
};

export const CONFIG = {
  ...{ peft_type: 'LORA', base_model_name_or_path: 'base', r: 2, lora_alpha: 4, bias: 'none' },
  ...{ rank_pattern: {}, alpha_pattern: {}, use_rslora: false, use_dora: false, fan_in_fan_out: false },
  ...{ modules_to_save: null, init_lora_weights: true, target_parameters: null, task_type: 'CAUSAL_LM' },
};

const Q = 'base_model.model.model.language_model.layers.0.self_attn.q_proj';
export const ADAPTER_SHAPES: Shapes = { [`${Q}.lora_A.weight`]: [2, 4], [`${Q}.lora_B.weight`]: [8, 2] };

/** Values 1, 2, 3, … in every tensor. */
export function weights(shapes: Shapes): Uint8Array<ArrayBuffer> {
  const layouts = Object.entries(shapes).map(([name, shape]) => ({ name, dtype: 'F32' as const, shape }));
  const { head, order, bytes } = planSafetensors(layouts);
  const file = new Uint8Array(bytes);
  file.set(head);
  let at = head.length;
  for (const { shape } of order) {
    const count = shape.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: count }, (_, index) => index + 1);
    file.set(new Uint8Array(values.buffer), at);
    at += values.byteLength;
  }
  return file;
}

export function madeBase(shapes = BASE_SHAPES): CheckpointFiles {
  return new Map([['model.safetensors', heldSource('model.safetensors', weights(shapes))]]);
}

export function madeAdapter(
  config: string | object = CONFIG,
  shapes: Shapes | Uint8Array<ArrayBuffer> = ADAPTER_SHAPES,
): CheckpointFiles {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const bytes = shapes instanceof Uint8Array ? shapes : weights(shapes);
  return new Map([
    ['adapter_config.json', heldSource('adapter_config.json', new TextEncoder().encode(text))],
    ['adapter_model.safetensors', heldSource('adapter_model.safetensors', bytes)],
  ]);
}
