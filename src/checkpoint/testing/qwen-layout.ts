import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { INDEX_FILE } from '../shard-index.ts';
import type { TensorLayout } from '../writing.ts';
import { planSafetensors } from '../writing.ts';

export interface QwenShape {
  readonly hidden: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly kvSize: number;
  readonly vocabulary: number;
  readonly tied: boolean;
}

/** From the published configs; the vision tower is the same in both. */
export const SHAPE_7B: QwenShape = {
  hidden: 3584,
  intermediate: 18944,
  layers: 28,
  kvSize: 512,
  vocabulary: 152064,
  tied: false,
};
export const SHAPE_3B: QwenShape = {
  hidden: 2048,
  intermediate: 11008,
  layers: 36,
  kvSize: 256,
  vocabulary: 151936,
  tied: true,
};
const VISION = { blocks: 32, hidden: 1280, intermediate: 3420, merged: 5120 };

/** Every tensor of a bfloat16 Qwen2.5-VL checkpoint, in the hub's spelling. */
export function qwenTensors(shape: QwenShape): TensorLayout[] {
  const tensors: TensorLayout[] = [];
  const add = (name: string, ...dims: number[]): void => {
    tensors.push({ name, dtype: 'BF16', shape: dims });
  };
  const linear = (name: string, out: number, input: number): void => {
    add(`${name}.weight`, out, input);
    add(`${name}.bias`, out);
  };
  const { hidden, intermediate, kvSize } = shape;
  add('model.embed_tokens.weight', shape.vocabulary, hidden);
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const prefix = `model.layers.${layer}`;
    add(`${prefix}.input_layernorm.weight`, hidden);
    linear(`${prefix}.self_attn.q_proj`, hidden, hidden);
    linear(`${prefix}.self_attn.k_proj`, kvSize, hidden);
    linear(`${prefix}.self_attn.v_proj`, kvSize, hidden);
    add(`${prefix}.self_attn.o_proj.weight`, hidden, hidden);
    add(`${prefix}.post_attention_layernorm.weight`, hidden);
    add(`${prefix}.mlp.gate_proj.weight`, intermediate, hidden);
    add(`${prefix}.mlp.up_proj.weight`, intermediate, hidden);
    add(`${prefix}.mlp.down_proj.weight`, hidden, intermediate);
  }
  add('model.norm.weight', hidden);
  if (!shape.tied) add('lm_head.weight', shape.vocabulary, hidden);
  add('visual.patch_embed.proj.weight', VISION.hidden, 3, 2, 14, 14);
  for (let block = 0; block < VISION.blocks; block += 1) {
    const prefix = `visual.blocks.${block}`;
    add(`${prefix}.norm1.weight`, VISION.hidden);
    linear(`${prefix}.attn.qkv`, 3 * VISION.hidden, VISION.hidden);
    linear(`${prefix}.attn.proj`, VISION.hidden, VISION.hidden);
    add(`${prefix}.norm2.weight`, VISION.hidden);
    linear(`${prefix}.mlp.gate_proj`, VISION.intermediate, VISION.hidden);
    linear(`${prefix}.mlp.up_proj`, VISION.intermediate, VISION.hidden);
    linear(`${prefix}.mlp.down_proj`, VISION.hidden, VISION.intermediate);
  }
  add('visual.merger.ln_q.weight', VISION.hidden);
  linear('visual.merger.mlp.0', VISION.merged, VISION.merged);
  linear('visual.merger.mlp.2', hidden, VISION.merged);
  return tensors;
}

/** What was asked of the sources of a sparse checkpoint. */
export interface ReadCount {
  bytes: number;
  reads: number;
}

/**
 * A checkpoint in equal runs of tensors over `shards` files that hold nothing: headers are real, data is made up
 * when read, each byte of it `fill`.
 */
export function sparseCheckpoint(
  tensors: readonly TensorLayout[],
  shards: number,
  fill = 0,
): { files: CheckpointFiles; count: ReadCount; bytes: number } {
  const count: ReadCount = { bytes: 0, reads: 0 };
  const files = new Map<string, ByteSource>();
  const weightMap: Record<string, string> = {};
  const run = Math.ceil(tensors.length / shards);
  let bytes = 0;
  for (let shard = 0; shard < shards; shard += 1) {
    const number = (value: number): string => String(value).padStart(5, '0');
    const name = `model-${number(shard + 1)}-of-${number(shards)}.safetensors`;
    const part = tensors.slice(shard * run, (shard + 1) * run);
    for (const tensor of part) weightMap[tensor.name] = name;
    const plan = planSafetensors(part);
    bytes += plan.bytes;
    files.set(name, sparseFile(name, plan.head, plan.bytes, fill, count));
  }
  files.set(INDEX_FILE, new File([JSON.stringify({ metadata: {}, weight_map: weightMap })], INDEX_FILE));
  return { files, count, bytes };
}

function sparseFile(
  name: string,
  head: Uint8Array,
  size: number,
  fill: number,
  count: ReadCount,
): ByteSource {
  return {
    name,
    size,
    slice: (start, end) => ({
      arrayBuffer: () => {
        const bytes = new Uint8Array(end - start).fill(fill);
        bytes.set(head.subarray(start, end));
        count.bytes += bytes.length;
        count.reads += 1;
        return Promise.resolve(bytes.buffer);
      },
    }),
  };
}
