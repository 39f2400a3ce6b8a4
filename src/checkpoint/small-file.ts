/** The small files of a folder, read whole: configs, tokenizers, templates. */
import { NamedError } from '../named-error.ts';
import type { ByteSource, CheckpointFiles } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import { checkJsonExtent } from './json-extent.ts';
import { MAX_SMALL_FILE_BYTES, MAX_VOCABULARY_FILE_BYTES, overLimit } from './limits.ts';

const VOCABULARY_FILES: ReadonlySet<string> = new Set(['tokenizer.json', 'vocab.json', 'merges.txt']);

/**
 * Refuses, before a byte of it is read, a file that is too large for what its name promises.
 *
 * @throws NamedError `OverLimit`
 */
export function checkSmall(source: ByteSource, file: string): void {
  const limit = VOCABULARY_FILES.has(file) ? MAX_VOCABULARY_FILE_BYTES : MAX_SMALL_FILE_BYTES;
  if (source.size > limit) throw overLimit('bytes of the file', source.size, limit, { file });
}

/**
 * A file's text (UTF-8); undefined where the folder does not hold it.
 *
 * @throws NamedError `OverLimit`, those of `readRange`
 */
export async function readTextFile(files: CheckpointFiles, file: string): Promise<string | undefined> {
  const source = files.get(file);
  if (source === undefined) return undefined;
  checkSmall(source, file);
  return new TextDecoder().decode(await readRange(source, 0, source.size, { file }));
}

/**
 * A file's JSON; undefined where the folder does not hold it.
 *
 * @throws NamedError `InvalidJson`, `OverLimit`, those of `readRange`
 */
export async function readJsonFile(files: CheckpointFiles, file: string): Promise<unknown> {
  const text = await readTextFile(files, file);
  if (text === undefined) return undefined;
  checkJsonExtent(text, file);
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
