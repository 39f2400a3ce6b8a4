import { foldersOf } from '../../checkpoint/dropped-folders.ts';
import type { NameBlobs } from '../../checkpoint/hub-cache/name-blobs.ts';
import { openCache } from '../../checkpoint/hub-cache/open-cache.ts';
import { listing } from '../../checkpoint/listing.ts';
import { NamedError } from '../../named-error.ts';
import type { Folder, Gathered } from './folder.ts';
import { nothingListed } from './nothing-listed.ts';

export interface Folders {
  readonly folders: readonly Folder[];
  /** What of it could not be opened although the rest was; null where all was. */
  readonly refused: NamedError | null;
}

/**
 * Splits what was dropped or chosen into checkpoint folders, paths relative to each; blobs of the hub's cache get
 * their files' names back, by `name` where it is given.
 *
 * @throws NamedError `AmbiguousDrop` when two files have the same path, `NothingToOpen` when no file belongs to a
 * checkpoint, and those of `openCache` when nothing else is left to open
 */
export async function intoFolders(
  { files: given, emptyFolders }: Gathered,
  name?: NameBlobs,
): Promise<Folders> {
  const dropped = given.map(({ path, file }) => ({ path, source: file }));
  const { files, refused: ofCache } = await openCache(dropped, emptyFolders, name);
  const { folders, unrelated } = foldersOf(files);
  const silent = besideOthers(emptyFolders, folders);
  const refused = silent.length > 0 ? [...ofCache, nothingListed(silent)] : ofCache;
  const [first] = refused;
  if (folders.length === 0) {
    if (first) throw together(first, refused);
    const seen = unrelated.map(({ path, reason }) => `${path} (${reason})`);
    throw new NamedError(
      'NothingToOpen',
      `no checkpoint is among ${given.length === 1 ? 'it' : `these ${given.length} files`}${seen.length > 0 ? `: ${listing(seen)}` : ''}`,
      {},
      'Choose the folder that holds config.json and the .safetensors files.',
    );
  }
  return {
    folders: folders.map(({ name, files: inside }) => ({
      name: name === '' ? 'dropped files' : name,
      // Every source handed in above is a File.
      files: inside as ReadonlyMap<string, File>,
    })),
    refused: first ? together(first, refused) : null,
  };
}

const IN_CACHE = /(?:^|\/)(?:models|datasets|spaces)--[^/]+\//;

/** Folders that list nothing beside checkpoints: `family/rl` where `family/base` is one. */
function besideOthers(
  emptyFolders: readonly string[],
  folders: readonly { readonly path: string }[],
): readonly string[] {
  const parent = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  const parents = new Set(folders.filter(({ path }) => path.includes('/')).map(({ path }) => parent(path)));
  return emptyFolders.filter((path) => {
    const hidden = path.slice(parent(path).length).startsWith('.');
    // The cache's own folders are empty for a reason that `openCache` knows.
    return parents.has(parent(path)) && !hidden && !IN_CACHE.test(path);
  });
}

function together(first: NamedError, refused: readonly NamedError[]): NamedError {
  if (refused.length === 1) return first;
  const each = refused.map(({ place, what }) => `${place.file ?? ''}: ${what}`);
  return new NamedError(first.name, listing(each), {}, first.remedy);
}
