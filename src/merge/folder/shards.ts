/** The weight files of a merge: which tensor lies in which, and the index over them. */
import { INDEX_FILE } from '../../checkpoint/shard-index.ts';
import type { FileOrder, FilePlan, TensorLayout } from '../../checkpoint/writing.ts';
import { planSafetensors, widestFirst } from '../../checkpoint/writing.ts';
import type { PlannedTensor } from '../plan/plan.ts';

/** Hugging Face's own default, `max_shard_size="5GB"`: large enough for few files, small enough to download again. */
export const SHARD_BYTES = 5e9;

/** What is spread over files. */
export type Shardable = Pick<PlannedTensor, 'storedName' | 'dtype' | 'shape' | 'bytes'>;

/** A tensor as safetensors lays it out: `name` is the stored one. */
export interface ShardTensor<T extends Shardable = PlannedTensor> extends TensorLayout {
  readonly tensor: T;
}

export interface Shard<T extends Shardable = PlannedTensor> {
  readonly file: string;
  readonly plan: FilePlan<ShardTensor<T>>;
}

/**
 * Spreads tensors over files in their order, a new file where the next tensor would exceed `shardBytes`; a tensor
 * larger than that has a file of its own. One file is called model.safetensors, several are numbered.
 */
export function planShards<T extends Shardable>(
  tensors: readonly T[],
  shardBytes = SHARD_BYTES,
  order: FileOrder = widestFirst,
): readonly Shard<T>[] {
  const groups: T[][] = [];
  let held = Infinity;
  for (const tensor of tensors) {
    if (held + tensor.bytes > shardBytes) {
      groups.push([]);
      held = 0;
    }
    groups.at(-1)?.push(tensor);
    held += tensor.bytes;
  }
  const number = (value: number): string => String(value).padStart(5, '0');
  return groups.map((group, i) => ({
    file:
      groups.length === 1
        ? 'model.safetensors'
        : `model-${number(i + 1)}-of-${number(groups.length)}.safetensors`,
    plan: planSafetensors(
      group.map((tensor) => ({ name: tensor.storedName, dtype: tensor.dtype, shape: tensor.shape, tensor })),
      undefined,
      order,
    ),
  }));
}

/** `model.safetensors.index.json` as transformers writes it; null where one file holds all. */
export function shardIndex(
  shards: readonly Shard<Shardable>[],
): { readonly file: string; readonly text: string } | null {
  if (shards.length < 2) return null;
  const entries = shards.flatMap(({ file, plan }) =>
    plan.order.map(({ name, tensor }) => ({ name, file, bytes: tensor.bytes })),
  );
  const index = {
    metadata: { total_size: entries.reduce((sum, { bytes }) => sum + bytes, 0) },
    weight_map: Object.fromEntries(
      entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, file }) => [name, file]),
    ),
  };
  return { file: INDEX_FILE, text: `${JSON.stringify(index, null, 2)}\n` };
}
