import { cacheRemedy } from '../../../scripts/hub-cache-messages.mjs';
import { NamedError } from '../../named-error.ts';
import type { ByteSource } from '../byte-source.ts';
import { mapInFlight } from '../../work/in-flight.ts';
import { listing } from '../listing.ts';
import { INDEX_FILE } from '../shard-index.ts';
import type { BlobContent } from './read-blob.ts';
import { readBlob } from './read-blob.ts';

/** Blobs of one repository, and how to speak of it. */
export interface Blobs {
  /** The folder they lie in, for errors. */
  readonly folder: string;
  /** OWNER/NAME where it is known. */
  readonly repository: string | undefined;
  /** By hash. */
  readonly sources: ReadonlyMap<string, ByteSource>;
}

/** Tells the files of a checkpoint among blobs: hashes by file name. */
export type NameBlobs = (blobs: Blobs) => Promise<ReadonlyMap<string, string>>;

type Read = readonly [hash: string, content: BlobContent];
const ADAPTER_TENSOR = /^base_model\.|\blora_/;

/**
 * Gives the blobs of a repository the names their checkpoint's files have: the small ones by their content, shards by
 * the index, which says which shard holds the tensors of a header. What is no part of a checkpoint is left out.
 *
 * @throws NamedError `AmbiguousBlobs` where two blobs would have one name or a safetensors file none, and those of
 * `readBlob`
 */
export async function nameBlobs(blobs: Blobs): Promise<ReadonlyMap<string, string>> {
  const read = await mapInFlight([...blobs.sources], async ([hash, source]): Promise<Read> => {
    return [hash, await readBlob(source, `${blobs.folder}/${hash}`)];
  });
  const hashes = new Map<string, string>();
  const give = (name: string, hash: string): void => {
    const other = hashes.get(name);
    if (other !== undefined) throw ambiguous(blobs, name, `${other} and ${hash} are both its ${name}`);
    hashes.set(name, hash);
  };
  const weights: [hash: string, tensors: readonly string[]][] = [];
  let shards: ReadonlyMap<string, string> | undefined;
  for (const [hash, content] of read) {
    if (content.kind === 'file' || content.kind === 'index') give(content.name, hash);
    if (content.kind === 'index' && content.name === INDEX_FILE) shards = content.shards;
    if (content.kind === 'weights') weights.push([hash, content.tensors]);
  }
  const models = weights.filter(([hash, tensors]) => {
    const adapter = tensors.length > 0 && tensors.every((name) => ADAPTER_TENSOR.test(name));
    if (adapter) give('adapter_model.safetensors', hash);
    return !adapter;
  });
  if (shards === undefined && models.length > 1) {
    const what = `${models.length} of its blobs are safetensors files, and none is the index that names them`;
    throw ambiguous(blobs, INDEX_FILE, what);
  }
  for (const [hash, tensors] of models) {
    give(shards === undefined ? 'model.safetensors' : shardOf(tensors, shards, hash, blobs), hash);
  }
  if (weights.length === 0) {
    for (const [hash, content] of read) {
      if (content.kind === 'foreign weights') give(`${hash}.${content.ending}`, hash);
    }
  }
  return hashes;
}

/** The one shard that the index gives a header's tensors. */
function shardOf(
  tensors: readonly string[],
  shards: ReadonlyMap<string, string>,
  hash: string,
  blobs: Blobs,
): string {
  const named = new Set(tensors.flatMap((tensor) => shards.get(tensor) ?? []));
  const [only, ...others] = [...named].sort();
  if (only !== undefined && others.length === 0) return only;
  const what =
    only === undefined
      ? `${hash} holds weights of which its index names none`
      : `${hash} holds weights that its index spreads over ${listing([only, ...others])}`;
  throw ambiguous(blobs, INDEX_FILE, what);
}

function ambiguous({ folder, repository }: Blobs, name: string, what: string): NamedError {
  return new NamedError(
    'AmbiguousBlobs',
    `the cache holds more than one state of the model: ${what}`,
    { file: `${folder}/${name}` },
    cacheRemedy(repository),
  );
}
