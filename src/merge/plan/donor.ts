/** A checkpoint that can give tensors to a merge. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { readJsonFile, readTextFile } from '../../checkpoint/small-file.ts';
import type { ModelFolder, ModelFolderOptions } from '../../vlm/model-folder.ts';
import type { AnyConfig, WeightsFolder } from '../../vlm/weights-folder.ts';
import { openAnyFolder } from '../../vlm/weights-folder.ts';
import { SPELLED_FILES } from '../folder/both-spellings.ts';
import type { DonorName } from '../recipe/recipe.ts';
import type { Vocabulary } from '../../vlm/vocabulary.ts';
import { readVocabulary } from '../../vlm/vocabulary.ts';

export interface Donor {
  readonly name: DonorName;
  readonly checkpoint: Checkpoint;
  readonly config: AnyConfig;
  /** null where the folder holds no tokenizer.json. */
  readonly vocabulary: Vocabulary | null;
  /** What a person should know about the folder although it opened, a sentence each. */
  readonly notices: readonly string[];
  /** Every file of the folder. */
  readonly names: ReadonlySet<string>;
  /** The small files that a merge may have to change, as they are written, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Opens a folder as a donor: headers, config and tokenizer only, whatever the size.
 *
 * @throws NamedError those of `openAnyFolder` and `donorOf`; `InvalidJson`
 */
export async function openDonor(
  name: DonorName,
  files: CheckpointFiles,
  { folder = name, ...options }: { folder?: string } & Omit<ModelFolderOptions, 'name'> = {},
): Promise<Donor> {
  const model = await openAnyFolder(files, { name: folder, ...options });
  const tokenizer = await readJsonFile(files, 'tokenizer.json');
  return donorOf(name, model, tokenizer === undefined ? null : readVocabulary(tokenizer));
}

/** An opened folder as a donor: of its files only those are read that a merge may have to change. @throws NamedError those of `readTextFile` */
export async function donorOf(
  name: DonorName,
  { checkpoint, config, notices }: ModelFolder | WeightsFolder,
  vocabulary: Vocabulary | null,
): Promise<Donor> {
  const { files } = checkpoint;
  const texts = new Map<string, string>();
  for (const file of SPELLED_FILES) {
    const text = await readTextFile(files, file);
    if (text !== undefined) texts.set(file, text);
  }
  return {
    name,
    checkpoint,
    config,
    vocabulary,
    notices,
    names: new Set(files.keys()),
    texts,
  };
}

/** What a merge says of a donor that it takes from: under its name in the recipe. */
export function donorNotices({ name, notices }: Pick<Donor, 'name' | 'notices'>): string[] {
  return notices.map((notice) => `${name}: ${notice}`);
}
