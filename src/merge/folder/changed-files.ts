/** The one place where files that a merge copies from its frame are changed. */
import type { ChangedFile } from './both-spellings.ts';
import { bothSpellings } from './both-spellings.ts';

export interface CopyOptions {
  /** Leaves the frame's files in the spelling they are written in; default: both spellings. */
  readonly verbatim?: boolean;
}

interface FrameFiles {
  readonly names: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Files of the frame's folder as the merge has them, where that is otherwise. */
export function changedFiles(
  { texts, names }: FrameFiles,
  { verbatim = false }: CopyOptions,
): readonly ChangedFile[] {
  return verbatim ? [] : bothSpellings(texts, names);
}
