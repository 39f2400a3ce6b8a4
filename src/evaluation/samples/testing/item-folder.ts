import { openItemFolder } from '../item-folder.ts';
import type { ItemSets } from '../item-sets.ts';

/** All questions of a folder that is small. @throws NamedError those of `openItemFolder` */
export async function readItemFolder(files: ReadonlyMap<string, Blob>): Promise<ItemSets> {
  return (await openItemFolder(files)).drawn({ samples: null, seed: 0 });
}
