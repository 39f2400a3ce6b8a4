/** The small files of a checkpoint folder that decide what a model answers, hashed whole. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { readRange } from '../checkpoint/byte-source.ts';
import { sha256Hex } from '../work/sha256.ts';
import { ADDITIONAL_DEFAULT } from './chat-template-source.ts';
import { ADDED_TOKENS } from './declared-tokens.ts';
import { throwIfCancelled } from '../work/cancel.ts';

/** SHA-256 in hex, by file name. */
export type FileHashes = Readonly<Record<string, string>>;

/**
 * All that opening a model reads beside weights and headers: config, end tokens, tokenizer, the places a chat template can stand
 * in, image processor. What nothing reads (README, vocab.json, video_preprocessor_config.json) decides nothing.
 */
export const DECIDING_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  ADDED_TOKENS,
  'processor_config.json',
  'preprocessor_config.json',
  'chat_template.json',
  'chat_template.jinja',
  ADDITIONAL_DEFAULT,
] as const;

/** Hashes those that the folder holds. One that is there counts whole, even where another goes before it. @throws NamedError those of `readRange`; `Cancelled` */
export async function decidingFiles(files: CheckpointFiles, signal?: AbortSignal): Promise<FileHashes> {
  const hashes: Record<string, string> = {};
  for (const file of DECIDING_FILES) {
    const source = files.get(file);
    if (!source) continue;
    throwIfCancelled(signal);
    hashes[file] = await sha256Hex(await readRange(source, 0, source.size, { file }));
  }
  return hashes;
}
