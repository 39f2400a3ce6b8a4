/** The one place where files that a merge copies from its frame are changed. */
import type { ChangedFile } from './both-spellings.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { bothSpellings } from './both-spellings.ts';
import { untied } from './untie.ts';

export interface CopyOptions {
  /** Leaves the frame's files in the spelling they are written in; default: both spellings. */
  readonly verbatim?: boolean;
}

interface FrameFiles {
  readonly config: VlmConfig;
  readonly names: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Files of the frame's folder as the merge has them, where that is otherwise. */
export function changedFiles(
  { config, texts, names }: FrameFiles,
  { verbatim = false }: CopyOptions,
): readonly ChangedFile[] {
  if (verbatim) return [];
  const own = config.text.tieWordEmbeddings ? null : untied(texts.get('config.json') ?? '');
  if (!own) return bothSpellings(texts, names);
  const files = bothSpellings(new Map([...texts, [own.name, own.text]]), names);
  const { text, changes } = files.find(({ name }) => name === own.name) ?? { text: own.text, changes: [] };
  const others = files.filter(({ name }) => name !== own.name);
  return [{ name: own.name, text, changes: [...own.changes, ...changes] }, ...others];
}
