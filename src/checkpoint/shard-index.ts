import { NamedError } from '../named-error.ts';
import type { ByteSource } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import type { StoredTensor } from './header.ts';
import { MAX_HEADER_BYTES } from './header.ts';
import { isJsonObject, parseJson } from './json.ts';
import { listing } from './listing.ts';

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
    shards.set(tensor, plainFileName(shard, { file, tensor }));
  }
  if (shards.size === 0) {
    throw new NamedError('InvalidIndex', 'it names no tensor', { file, field: 'weight_map' }, REMEDY);
  }
  return { file, weightMap: shards };
}

const REMEDY = 'download the index again';

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

/**
 * Checks that every tensor of the index lies in the shard it says, that every tensor of the shards is in the
 * index, and that none lies in two shards.
 *
 * @throws NamedError `DuplicateTensor`, `TensorNotInIndex` or `TensorNotInShard`, naming the tensors.
 */
export function checkIndexAgrees(index: ShardIndex, tensors: Iterable<StoredTensor>): void {
  const found = new Map<string, string>();
  const unlisted: StoredTensor[] = [];
  for (const tensor of tensors) {
    const other = found.get(tensor.storedName);
    if (other !== undefined) {
      const what = `it lies in ${other} and again in ${tensor.file}`;
      throw new NamedError('DuplicateTensor', what, { file: tensor.file, tensor: tensor.storedName }, MIXED);
    }
    found.set(tensor.storedName, tensor.file);
    if (!index.weightMap.has(tensor.storedName)) unlisted.push(tensor);
  }
  const [stray] = unlisted;
  if (stray !== undefined) {
    const what = `not in ${index.file}: ${listing(unlisted.map((tensor) => tensor.storedName))}`;
    throw new NamedError('TensorNotInIndex', what, { file: stray.file }, MIXED);
  }
  const absent = [...index.weightMap].filter(([tensor, shard]) => found.get(tensor) !== shard);
  const [first] = absent;
  if (first !== undefined) {
    const [tensor, shard] = first;
    const actual = found.get(tensor);
    const where = actual === undefined ? '' : ` (${tensor} lies in ${actual})`;
    const what = `not in the shard that ${index.file} says: ${listing(absent.map(([name]) => name))}${where}`;
    throw new NamedError('TensorNotInShard', what, { file: shard }, MIXED);
  }
}

const MIXED = 'index and shards come from different saves: download the folder again into an empty place';
