import { severalSnapshots, cacheRemedy } from '../../../scripts/hub-cache-messages.mjs';
import { NamedError } from '../../named-error.ts';
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { readRange } from '../byte-source.ts';
import type { DroppedFile } from '../dropped-folders.ts';
import type { CachedRepository, SharedBlob } from './layout.ts';
import { cacheLayout } from './layout.ts';
import type { NameBlobs } from './name-blobs.ts';
import { nameBlobs } from './name-blobs.ts';
import { isCancelled } from '../../work/cancel.ts';

export interface OpenedCache {
  /** The dropped files, those of a cache under the names and in the folders of the snapshot they belong to. */
  readonly files: readonly DroppedFile[];
  /** Why a repository was not opened, one for each. */
  readonly refused: readonly NamedError[];
}

const WEIGHTS = /\.(?:safetensors|bin|gguf)$/;
/** A ref is a commit's 40 digits; anything longer is none. */
const MAX_REF_BYTES = 256;
/** One line for each repository that uses the file. */
const MAX_MANIFEST_BYTES = 2 ** 20;
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Makes checkpoints of what was dropped of the hub's cache, `models--OWNER--NAME/{blobs,refs,snapshots/COMMIT}`. A
 * snapshot holds links, which no browser lists, so the blobs are told apart by their content and get their names
 * back. Snapshots that list their files (Windows, `cp -rL`) stay as they are. Files outside a cache pass through.
 *
 * Reads headers and small files only. Paths have slashes; `emptyFolders` are those that listed nothing. `name` reads the
 * blobs, which takes seconds where they hold what no checkpoint does: a page hands them to a worker.
 * @throws NamedError those of `readRange`; `Cancelled` where `name` was
 */
export async function openCache(
  dropped: Iterable<DroppedFile>,
  emptyFolders: Iterable<string> = [],
  name: NameBlobs = nameBlobs,
): Promise<OpenedCache> {
  const { repositories, shared, others } = cacheLayout(dropped, emptyFolders);
  const files = [...others];
  const refused: NamedError[] = [];
  const owners = await Promise.all(shared.map(async (blob) => ({ blob, owners: await ownersOf(blob) })));
  for (const repository of repositories) {
    const folder = repository.path.slice(repository.path.lastIndexOf('/') + 1);
    const own = owners.filter(({ owners }) => owners.has(folder)).map(({ blob }) => blob.source);
    try {
      files.push(...(await snapshotOf(repository, own, name)));
    } catch (error) {
      if (!(error instanceof NamedError) || isCancelled(error)) throw error;
      refused.push(error);
    }
  }
  if (repositories.length === 0 && shared.length > 0) {
    const what = 'these are files that repositories of the cache share, without the repositories';
    refused.push(
      new NamedError(
        'LinkedFiles',
        what,
        { file: 'blobs' },
        `drop the whole cache folder, or ${cacheRemedy()}`,
      ),
    );
  }
  return { files, refused };
}

async function snapshotOf(
  { path, repository, listed, blobs, unfinished, refs, commits }: CachedRepository,
  shared: readonly ByteSource[],
  name: NameBlobs,
): Promise<readonly DroppedFile[]> {
  if (listed.some((file) => WEIGHTS.test(file.path))) return listed;
  const named = new Set(commits);
  for (const ref of refs) {
    const commit = (await smallText(ref, MAX_REF_BYTES)).trim();
    if (COMMIT.test(commit)) named.add(commit);
  }
  const place = { file: path };
  if (named.size > 1) {
    throw new NamedError(
      'SeveralSnapshots',
      severalSnapshots(repository ?? path, [...named]),
      place,
      cacheRemedy(repository),
    );
  }
  const sources = new Map([...blobs, ...shared.map((source) => [source.name, source] as const)]);
  const folder = repository === undefined ? path : `${path}/blobs`;
  const hashes = await name({ folder, repository, sources });
  const files = new Map([...hashes].map(([file, hash]) => [file, sources.get(hash) as ByteSource] as const));
  // Files that happen to be called by hashes.
  if (files.size === 0 && repository === undefined) return at(path, blobs);
  if (![...files.keys()].some((name) => WEIGHTS.test(name))) {
    throw new NamedError(
      unfinished ? 'UnfinishedDownload' : 'LinkedFiles',
      unfinished
        ? 'its weights are not here yet: the cache holds an unfinished download'
        : 'its weights cannot be seen: the cache holds links to them, and browsers do not follow links',
      place,
      unfinished
        ? `wait for it, or ${cacheRemedy(repository)}`
        : `drop the whole cache folder, or ${cacheRemedy(repository)}`,
    );
  }
  const [commit = 'unnamed'] = named;
  const opened = at(repository === undefined ? path : `${path}/snapshots/${commit}`, files);
  // A file that the snapshot lists was put there in place of a link, and counts.
  const replaced = new Set(listed.map((file) => file.path));
  return [...listed, ...opened.filter((file) => !replaced.has(file.path))];
}

function at(folder: string, files: CheckpointFiles): DroppedFile[] {
  return [...files].map(([name, source]) => ({ path: folder === '' ? name : `${folder}/${name}`, source }));
}

/** The repositories, `models--OWNER--NAME`, whose blobs link to a shared one. */
async function ownersOf({ references }: SharedBlob): Promise<ReadonlySet<string>> {
  const text = references ? await smallText(references, MAX_MANIFEST_BYTES) : '';
  return new Set(text.split('\n').map((line) => line.split('/')[0] ?? ''));
}

async function smallText(source: ByteSource, most: number): Promise<string> {
  if (source.size > most) return '';
  return new TextDecoder().decode(await readRange(source, 0, source.size, { file: source.name }));
}
