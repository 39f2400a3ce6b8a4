/** A checkpoint that can give tensors to a merge. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { readRange } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import { NamedError } from '../../named-error.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { parseConfig } from '../../vlm/config.ts';
import { checkWeights } from '../../vlm/weights.ts';
import type { DonorName } from '../recipe/recipe.ts';
import type { Vocabulary } from './vocabulary.ts';
import { readVocabulary } from './vocabulary.ts';

export interface Donor {
  readonly name: DonorName;
  readonly checkpoint: Checkpoint;
  readonly config: VlmConfig;
  /** null where the folder holds no tokenizer.json. */
  readonly vocabulary: Vocabulary | null;
}

/**
 * Opens a folder as a donor: headers, config and tokenizer only, whatever the size.
 *
 * @throws NamedError `MissingConfig`, `InvalidJson`, those of `parseConfig`, `openCheckpoint` and `checkWeights`
 */
export async function openDonor(
  name: DonorName,
  files: CheckpointFiles,
  { folder = name, signal }: { readonly folder?: string; readonly signal?: AbortSignal } = {},
): Promise<Donor> {
  const configJson = await readJson(files, 'config.json');
  if (configJson === undefined) {
    throw new NamedError(
      'MissingConfig',
      `the folder ${folder} has no config.json among its ${files.size} files`,
      { file: 'config.json' },
      'choose the whole checkpoint folder, with config.json and the tokenizer files',
    );
  }
  const config = parseConfig(configJson, 'config.json');
  const checkpoint = await openCheckpoint(files, { name: folder, ...(signal ? { signal } : {}) });
  checkWeights(config, checkpoint.tensors);
  const tokenizer = await readJson(files, 'tokenizer.json');
  return { name, checkpoint, config, vocabulary: tokenizer === undefined ? null : readVocabulary(tokenizer) };
}

async function readJson(files: CheckpointFiles, file: string): Promise<unknown> {
  const source = files.get(file);
  if (source === undefined) return undefined;
  const text = new TextDecoder().decode(await readRange(source, 0, source.size, { file }));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new NamedError(
      'InvalidJson',
      cause instanceof Error ? cause.message : String(cause),
      { file },
      'download the file again; it may be cut short',
      { cause },
    );
  }
}
