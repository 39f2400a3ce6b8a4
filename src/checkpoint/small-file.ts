/** The small files of a folder, read whole: configs, tokenizers, templates. */
import { NamedError } from '../named-error.ts';
import type { ByteSource, CheckpointFiles } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import { checkJsonExtent } from './json-extent.ts';
import { MAX_SMALL_FILE_BYTES, MAX_VOCABULARY_FILE_BYTES, overLimit } from './limits.ts';

/** A number that Python writes and JSON does not know. */
const BARE_WORD = /[:[,]\s*-?(?:NaN|Infinity)\b/;
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
 * A file's text; undefined where the folder does not hold it.
 *
 * @throws NamedError `OverLimit`, `NotUtf8`, those of `readRange`
 */
export async function readTextFile(files: CheckpointFiles, file: string): Promise<string | undefined> {
  const source = files.get(file);
  if (source === undefined) return undefined;
  checkSmall(source, file);
  const bytes = await readRange(source, 0, source.size, { file });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    // Replaced characters would make another token, or another template, of the one that was meant.
    throw new NamedError(
      'NotUtf8',
      'its bytes are not UTF-8',
      { file },
      'the file is damaged: download or save it again',
      { cause },
    );
  }
}

/**
 * A file's JSON; undefined where the folder does not hold it.
 *
 * @throws NamedError `InvalidJson`, `OverLimit`, `NotUtf8`, those of `readRange`
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
      BARE_WORD.test(text)
        ? 'NaN and Infinity, which Python writes, are no JSON: put numbers in their place, or null'
        : 'download the file again; it may be cut short',
      { cause },
    );
  }
}
