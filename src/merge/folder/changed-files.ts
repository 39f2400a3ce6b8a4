/** The one place where files that a merge copies from its frame are changed. */
import { canRun, type AnyConfig } from '../../vlm/weights-folder.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ChangedFile } from './both-spellings.ts';
import { bothSpellings } from './both-spellings.ts';
import { chatTemplateFiles } from './chat-template-files.ts';
import { untied } from './untie.ts';

export interface CopyOptions {
  /** Leaves the frame's files as they are written, but for what the recipe asks; default: both spellings. */
  readonly verbatim?: boolean;
}

interface FrameFiles {
  readonly config: AnyConfig;
  readonly names: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Files of the frame's folder as the merge has them, where that is otherwise. */
export function changedFiles(
  { chatTemplate }: Pick<Recipe, 'chatTemplate'>,
  { config, texts, names }: FrameFiles,
  { verbatim = false }: CopyOptions,
): readonly ChangedFile[] {
  const asked = chatTemplate === undefined ? [] : chatTemplateFiles(chatTemplate, texts, names);
  // How another architecture's files are spelled is not known.
  if (verbatim || !canRun(config)) return asked;
  const own = config.text.tieWordEmbeddings ? null : untied(texts.get('config.json') ?? '');
  const before = own ? [...asked, own] : asked;
  const now = new Map([...texts, ...before.map(({ name, text }) => [name, text] as const)]);
  return joined([...before, ...bothSpellings(now, names)]);
}

/** One entry a file: the last text, and every change. */
function joined(files: readonly ChangedFile[]): readonly ChangedFile[] {
  const byName = new Map<string, ChangedFile>();
  for (const file of files) {
    const before = byName.get(file.name)?.changes ?? [];
    byName.set(file.name, { ...file, changes: [...before, ...file.changes] });
  }
  return [...byName.values()];
}
