/** What lies at a place on a server, before anything of it is read. */
import type { Version } from './ranged-file.ts';

export interface ListedFile {
  /** Within the folder. */
  readonly path: string;
  readonly url: URL;
  readonly bytes: number;
  /** SHA-256 of the whole file in hex, where the listing says it. */
  readonly sha256?: string;
  /** What was seen when it was listed. */
  readonly version?: Version;
}

export interface ListedFolder {
  /** What the checkpoint is called. */
  readonly name: string;
  readonly files: readonly ListedFile[];
  /** All files. */
  readonly bytes: number;
  /** The commit that all files are of; null on a plain server. */
  readonly commit: string | null;
}

/** No checkpoint has so many; more are some other kind of place. */
export const MOST_LISTED = 10_000;
