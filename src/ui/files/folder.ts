import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';

/** A file with its path relative to where it was found, folders separated by `/`. */
export interface PathFile {
  readonly path: string;
  readonly file: File;
}

/** What was dropped or chosen. */
export interface Gathered {
  readonly files: readonly PathFile[];
  /** Folders that list nothing, by path. A file input does not tell of them. */
  readonly emptyFolders: readonly string[];
}

/** One checkpoint folder: files by path relative to it. */
export interface Folder {
  readonly name: string;
  readonly files: CheckpointFiles;
}

/** Files by their paths. */
export function byPath(found: readonly PathFile[]): Map<string, File> {
  return new Map(found.map(({ path, file }) => [path, file]));
}

/** Name of the folder, or file, that was brought. */
export function topOf(found: readonly PathFile[]): string {
  return found[0]?.path.split('/')[0] ?? '';
}
