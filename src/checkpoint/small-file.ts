/** The small files of a folder, read whole: configs, tokenizers, templates. */
import { NamedError } from '../named-error.ts';
import type { CheckpointFiles } from './byte-source.ts';
import { readRange } from './byte-source.ts';

/** A file's text (UTF-8); undefined where the folder does not hold it. @throws NamedError those of `readRange` */
export async function readTextFile(files: CheckpointFiles, file: string): Promise<string | undefined> {
  const source = files.get(file);
  if (source === undefined) return undefined;
  return new TextDecoder().decode(await readRange(source, 0, source.size, { file }));
}

/**
 * A file's JSON; undefined where the folder does not hold it.
 *
 * @throws NamedError `InvalidJson`, those of `readRange`
 */
export async function readJsonFile(files: CheckpointFiles, file: string): Promise<unknown> {
  const text = await readTextFile(files, file);
  if (text === undefined) return undefined;
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
