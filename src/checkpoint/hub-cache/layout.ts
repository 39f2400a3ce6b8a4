import { repositoryOf } from '../../../scripts/hub-cache-messages.mjs';
import type { ByteSource } from '../byte-source.ts';
import type { DroppedFile } from '../dropped-folders.ts';

/** What was dropped of one `models--OWNER--NAME`, or of a `blobs` folder by itself. */
export interface CachedRepository {
  /** Its path as dropped. */
  readonly path: string;
  /** OWNER/NAME; undefined for blobs dropped by themselves. */
  readonly repository: string | undefined;
  /** Files that its snapshots list: none where they are links. */
  readonly listed: readonly DroppedFile[];
  /** By hash. */
  readonly blobs: ReadonlyMap<string, ByteSource>;
  /** A download under way leaves `.incomplete` files. */
  readonly unfinished: boolean;
  /** Small files of which each holds a commit: `refs/main`. */
  readonly refs: readonly ByteSource[];
  /** Snapshots, as far as folders tell: one that lists nothing is seen where folders are. */
  readonly commits: ReadonlySet<string>;
}

/** A file of the store that huggingface_hub 2 keeps beside all repositories, `blobs/<2 digits>/<hash>`. */
export interface SharedBlob {
  readonly source: ByteSource;
  /** Its `<hash>.refs`, which lists the blobs that link to it, `models--OWNER--NAME/blobs/<etag>` one a line. */
  readonly references: ByteSource | undefined;
}

export interface CacheLayout {
  readonly repositories: readonly CachedRepository[];
  readonly shared: readonly SharedBlob[];
  /** What lies in no cache. */
  readonly others: readonly DroppedFile[];
}

/** The SHA-1 of a small file, the SHA-256 of a large one. */
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHARED = /^(?:.*\/)?blobs\/([0-9a-f]{2})\/(\1[0-9a-f]{62})(\.refs)?$/;
const REPOSITORY = /^(models|datasets|spaces)--./;

type Growing = { -readonly [Key in keyof CachedRepository]: CachedRepository[Key] } & {
  readonly listed: DroppedFile[];
  readonly blobs: Map<string, ByteSource>;
  readonly refs: ByteSource[];
  readonly commits: Set<string>;
};

/** Sorts paths with slashes into the repositories of hub caches. Reads nothing. Data sets and spaces are left out. */
export function cacheLayout(dropped: Iterable<DroppedFile>, emptyFolders: Iterable<string>): CacheLayout {
  const repositories = new Map<string, Growing>();
  const at = (path: string, repository: string | undefined): Growing => {
    const known = repositories.get(path);
    if (known) return known;
    const made: Growing = {
      path,
      repository,
      listed: [],
      blobs: new Map(),
      unfinished: false,
      refs: [],
      commits: new Set<string>(),
    };
    repositories.set(path, made);
    return made;
  };
  const payloads = new Map<string, ByteSource>();
  const manifests = new Map<string, ByteSource>();
  const others: DroppedFile[] = [];
  for (const file of dropped) {
    const inside = insideRepository(file.path);
    const shared = SHARED.exec(file.path);
    const [, , hash = '', manifest] = shared ?? [];
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (inside?.kind === 'models') place(at(inside.path, repositoryOf(inside.name)), inside.rest, file);
    else if (shared) (manifest ? manifests : payloads).set(hash, file.source);
    else if (!inside && HASH.test(name))
      at(file.path.slice(0, -name.length - 1), undefined).blobs.set(name, file.source);
    else if (!inside) others.push(file);
  }
  for (const path of emptyFolders) {
    const inside = insideRepository(path);
    const [folder, commit] = inside?.rest ?? [];
    if (inside?.kind !== 'models') continue;
    const repository = at(inside.path, repositoryOf(inside.name));
    if (folder === 'snapshots' && commit !== undefined) repository.commits.add(commit);
  }
  for (const [path, folder] of repositories) {
    if (folder.repository !== undefined || !others.some((file) => isNamedFile(file.path, path))) continue;
    // Files called by hashes beside files with names: no cache.
    repositories.delete(path);
    for (const [name, source] of folder.blobs)
      others.push({ path: path === '' ? name : `${path}/${name}`, source });
  }
  const shared = [...payloads].map(([hash, source]) => ({ source, references: manifests.get(hash) }));
  return { repositories: [...repositories.values()], shared, others };
}

/** Whether a file lies right in a folder and is no hidden file nor a download under way. */
function isNamedFile(path: string, folder: string): boolean {
  const cut = path.lastIndexOf('/');
  return path.slice(0, Math.max(cut, 0)) === folder && !/^\.|\.incomplete$/.test(path.slice(cut + 1));
}

function insideRepository(
  path: string,
): { kind: string; name: string; path: string; rest: string[] } | undefined {
  const parts = path.split('/');
  const at = parts.findLastIndex((part, index) => index < parts.length - 1 && REPOSITORY.test(part));
  const name = parts[at];
  const kind = REPOSITORY.exec(name ?? '')?.[1];
  if (name === undefined || kind === undefined) return undefined;
  return { kind, name, path: parts.slice(0, at + 1).join('/'), rest: parts.slice(at + 1) };
}

function place(repository: Growing, rest: readonly string[], file: DroppedFile): void {
  const [folder, name, ...deeper] = rest;
  if (folder === 'blobs' && name !== undefined && HASH.test(name)) repository.blobs.set(name, file.source);
  if (folder === 'blobs' && name?.endsWith('.incomplete')) repository.unfinished = true;
  if (folder === 'refs') repository.refs.push(file.source);
  if (name === undefined || (folder !== 'snapshots' && folder !== '.no_exist')) return;
  repository.commits.add(name);
  if (folder === 'snapshots' && deeper.length > 0) repository.listed.push(file);
}
