import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';

/** A file with its path relative to where it was found, folders separated by `/`. */
export interface PathFile {
  readonly path: string;
  readonly file: File;
}

/** One checkpoint folder: files by path relative to it. */
export interface Folder {
  readonly name: string;
  readonly files: CheckpointFiles;
}
