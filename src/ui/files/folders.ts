import { foldersOf } from '../../checkpoint/dropped-folders.ts';
import type { Folder, PathFile } from './folder.ts';

/**
 * Splits what was dropped or chosen into checkpoint folders, paths relative to each.
 *
 * @throws NamedError `AmbiguousDrop` when two files have the same path
 */
export function intoFolders(files: readonly PathFile[]): Folder[] {
  const { folders } = foldersOf(files.map(({ path, file }) => ({ path, source: file })));
  return folders.map(({ name, files: inside }) => ({
    name: name === '' ? 'dropped files' : name,
    // Every source handed in above is a File.
    files: inside as ReadonlyMap<string, File>,
  }));
}
