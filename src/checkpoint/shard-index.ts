import { NamedError } from '../named-error.ts';
import type { ByteSource } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import { MAX_HEADER_BYTES } from './header.ts';
import { isJsonObject, parseJson } from './json.ts';

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
 * @throws NamedError `IndexTooLarge`, `InvalidIndex`, `InvalidShardName`, and those of `parseJson` and `readRange`.
 */
export async function readShardIndex(source: ByteSource, file: string): Promise<ShardIndex> {
  // An index holds less than the headers it points into, so their limit bounds it as well.
  if (source.size > MAX_HEADER_BYTES) {
    const what = `an index of ${source.size} bytes is over the limit of ${MAX_HEADER_BYTES}`;
    throw new NamedError('IndexTooLarge', what, { file }, REMEDY);
  }
  const root = parseJson(await readRange(source, 0, source.size, { file }), file);
  const weightMap = isJsonObject(root) ? root.get('weight_map') : undefined;
  if (!isJsonObject(weightMap)) {
    throw new NamedError('InvalidIndex', 'missing or no object', { file, field: 'weight_map' }, REMEDY);
  }
  const shards = new Map<string, string>();
  for (const [tensor, shard] of weightMap) {
    if (typeof shard !== 'string') {
      throw new NamedError('InvalidIndex', 'its shard is no file name', { file, tensor }, REMEDY);
    }
    // "./model-…" is the same file, and transformers reads it so.
    shards.set(tensor, plainFileName(shard.replace(/^\.\//, ''), { file, tensor }));
  }
  if (shards.size === 0) {
    throw new NamedError('InvalidIndex', 'it names no tensor', { file, field: 'weight_map' }, REMEDY);
  }
  return { file, weightMap: shards };
}

const REMEDY = 'download the index again, or put all shards beside it and their plain names into it';

/** A name from the index must not lead out of the folder, on any system. */
function plainFileName(name: string, place: { file: string; tensor: string }): string {
  if (/^[^/\\:\p{Cc}]+\.safetensors$/u.test(name) && !name.startsWith('..')) return name;
  throw new NamedError(
    'InvalidShardName',
    `${JSON.stringify(name)} is no plain file name ending in .safetensors`,
    place,
    REMEDY,
  );
}
