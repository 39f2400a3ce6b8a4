/** A checkpoint folder as a model: its config, and the weights that the config asks for. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { otherKind } from '../checkpoint/folder-kinds.ts';
import { readJsonFile } from '../checkpoint/small-file.ts';
import { noticeLines, weightsAtTop } from '../checkpoint/weight-files.ts';
import { counted } from '../counted.ts';
import { NamedError } from '../named-error.ts';
import type { VlmConfig } from './config.ts';
import { readConfig } from './config.ts';
import { resolveHead } from './stored-head.ts';
import { checkWeights, layersBeyond } from './weights.ts';

export interface ModelFolder {
  readonly checkpoint: Checkpoint;
  /** As the files bear out: `tieWordEmbeddings` is false where a head of its own is stored, whatever config.json says. */
  readonly config: VlmConfig;
  /** What a person should know about the folder although it opened, a sentence each. */
  readonly notices: readonly string[];
}

export interface ModelFolderOptions {
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  /** Gives the folder's weights where they were opened before, by `openCheckpoint` or `openWeights`. */
  readonly weights?: (() => Promise<Checkpoint>) | undefined;
}

/**
 * Opens a folder as a model, for the engine and for merges alike: reads the config and every header, and holds one
 * against the other. Whatever the size, only headers and small files are read; where config.json ties the head to the
 * embeddings and both are stored, these two as far as they are equal. With `weights` no
 * header is read again.
 *
 * @throws NamedError `MissingConfig`, or what `otherKind` says of a folder that never has one; those of `readJsonFile`,
 * `readConfig`, `openCheckpoint`, `resolveHead` and `checkWeights`
 */
export async function openModelFolder(
  files: CheckpointFiles,
  { name, signal, weights }: ModelFolderOptions,
): Promise<ModelFolder> {
  const configJson = await readJsonFile(files, 'config.json');
  if (configJson === undefined) {
    // Adapters and shards of training never have one: what they are helps more than what they lack.
    const other = weightsAtTop(files).length === 0 ? otherKind(files.keys()) : null;
    if (other !== null) throw other;
    throw new NamedError(
      'MissingConfig',
      `the folder ${name} has no config.json among its ${counted(files.size, 'file')}`,
      { file: 'config.json' },
      'choose the whole checkpoint folder, with config.json and the tokenizer files',
    );
  }
  const read = readConfig(configJson, 'config.json', await readJsonFile(files, 'generation_config.json'));
  const open = weights ?? (() => openCheckpoint(files, { name, ...(signal ? { signal } : {}) }));
  const checkpoint = await resolveHead(await open(), read.config.text.tieWordEmbeddings, signal);
  const tieWordEmbeddings = checkpoint.tiedHead === true;
  const config = { ...read.config, text: { ...read.config.text, tieWordEmbeddings } };
  checkWeights(config, checkpoint.tensors);
  return {
    checkpoint,
    config,
    notices: [
      ...noticeLines(checkpoint.notices),
      ...read.notices,
      ...layersBeyond(config, checkpoint.tensors.keys()),
    ],
  };
}
