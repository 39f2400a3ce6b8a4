import { NamedError } from '../named-error.ts';
import type { ByteSource } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import { isJsonObject, parseJson } from './json.ts';
import { MAX_INDEX_BYTES, MAX_NAME_CHARACTERS, MAX_TENSORS } from './limits.ts';

export const INDEX_FILE = 'model.safetensors.index.json';

export interface ShardIndex {
  /** The index's own file name. */
  readonly file: string;
  /** Which shard holds which tensor, by stored name. */
  readonly weightMap: ReadonlyMap<string, string>;
}

/**
 * Reads `model.safetensors.index.json`.
 *
 * @throws NamedError `IndexTooLarge`, `OverLimit`, `InvalidIndex`, `InvalidShardName`, and those of `parseJson` and `readRange`.
 */
export async function readShardIndex(source: ByteSource, file: string): Promise<ShardIndex> {
  if (source.size > MAX_INDEX_BYTES) {
    const what = `an index of ${source.size} bytes is over the limit of ${MAX_INDEX_BYTES}`;
    throw new NamedError('IndexTooLarge', what, { file }, REMEDY);
  }
  const root = parseJson(await readRange(source, 0, source.size, { file }), file, INDEX_LIMITS);
  const weightMap = isJsonObject(root) ? root.get('weight_map') : undefined;
  if (!isJsonObject(weightMap)) {
    throw new NamedError(
      'InvalidIndex',
      'the value is missing or not an object',
      { file, field: 'weight_map' },
      REMEDY,
    );
  }
  const shards = new Map<string, string>();
  for (const [tensor, shard] of weightMap) {
    if (typeof shard !== 'string') {
      throw new NamedError('InvalidIndex', 'its shard is not a file name', { file, tensor }, REMEDY);
    }
    // "./model-…" is the same file, and transformers reads it so.
    shards.set(tensor, plainFileName(shard.replace(/^\.\//, ''), { file, tensor }));
  }
  if (shards.size === 0) {
    throw new NamedError('InvalidIndex', 'it names no tensor', { file, field: 'weight_map' }, REMEDY);
  }
  return { file, weightMap: shards };
}

const INDEX_LIMITS = { listItems: MAX_TENSORS, keys: MAX_TENSORS, keyCharacters: MAX_NAME_CHARACTERS };
const REMEDY = 'download the index again, or put all shards beside it and their plain names into it';

/** A name from the index must not lead out of the folder, on any system. */
function plainFileName(name: string, place: { file: string; tensor: string }): string {
  if (/^[^/\\:\p{Cc}]+\.safetensors$/u.test(name) && !name.startsWith('..')) return name;
  throw new NamedError(
    'InvalidShardName',
    `${JSON.stringify(name)} is not a plain file name that ends in .safetensors`,
    place,
    REMEDY,
  );
}
