/** An index held against the shards it points into. */
import { HEAD } from './tensor-place.ts';
import { NamedError } from '../named-error.ts';
import type { StoredTensor } from './header.ts';
import { listing } from './listing.ts';
import { isModelWeight } from './model-weights.ts';
import type { ShardIndex } from './shard-index.ts';
import { canonicalName } from './tensor-name.ts';
import type { Notice } from './weight-files.ts';

type Placed = Pick<StoredTensor, 'storedName' | 'file'>;

/**
 * What the index says and the shards do not, or the other way round. transformers 5.24 takes every tensor that lies in a shard
 * of the index, wherever the index puts it, and so do we; notices tell of it.
 *
 * @throws NamedError `DuplicateTensor` where two shards hold one tensor (transformers silently takes the later shard's);
 * `TensorNotInShard` where a weight of the model lies in no shard
 */
export function indexNotices(index: ShardIndex, tensors: Iterable<Placed>): Notice[] {
  const found = new Map<string, string>();
  for (const { storedName, file } of tensors) {
    const other = found.get(storedName);
    if (other !== undefined) {
      const what = `it lies in ${other} and again in ${file}`;
      throw new NamedError('DuplicateTensor', what, { file, tensor: storedName }, MIXED);
    }
    found.set(storedName, file);
  }
  const listed = [...index.weightMap];
  const absent = listed.filter(([tensor]) => !found.has(tensor));
  const needed = absent.filter(([tensor]) => isModelWeight(canonicalName(tensor)));
  const [first] = needed;
  if (first !== undefined) {
    const what = `not in the shard that ${index.file} says: ${names(needed)}`;
    throw new NamedError('TensorNotInShard', what, { file: first[1] }, MIXED);
  }
  const elsewhere = listed.filter(([tensor, shard]) => (found.get(tensor) ?? shard) !== shard);
  const unlisted = [...found].filter(([tensor]) => !index.weightMap.has(tensor));
  const isHead = ([tensor]: Entry): boolean => canonicalName(tensor) === HEAD;
  const read = unlisted.filter(([tensor]) => isModelWeight(canonicalName(tensor)));
  const spare = unlisted.filter((entry) => !isHead(entry) && !read.includes(entry));
  const { file } = index;
  return [
    ...noticeOf(file, absent, (list) => `it lists ${list}, which no shard holds: not needed`),
    ...noticeOf(
      file,
      elsewhere,
      (list) => `${list}: not in the shard it says; read from the shard that holds it`,
    ),
    ...noticeOf(
      file,
      read,
      (list) =>
        `it does not list ${list}: read all the same, as transformers 5 does; 4.x leaves it untrained`,
    ),
    // Tied or not: what the head is, is told where config.json was read.
    ...noticeOf(
      file,
      unlisted.filter(isHead),
      (list) => `it does not list ${list}, which lies in a shard: taken into account, as transformers 5 does`,
    ),
    ...noticeOf(
      file,
      spare,
      (list) => `it does not list ${list}, which lies in a shard: no part of the model`,
    ),
  ];
}

function noticeOf(file: string, entries: readonly Entry[], text: (list: string) => string): Notice[] {
  return entries.length === 0 ? [] : [{ file, text: text(names(entries)) }];
}

type Entry = readonly [tensor: string, shard: string];

const names = (entries: readonly Entry[]): string => listing(entries.map(([tensor]) => tensor));

const MIXED = 'index and shards come from different saves: download the folder again into an empty place';
