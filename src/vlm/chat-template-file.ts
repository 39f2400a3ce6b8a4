import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { readRange } from '../checkpoint/byte-source.ts';
import { checkSmall } from '../checkpoint/small-file.ts';
import { NamedError } from '../named-error.ts';

/**
 * A `.jinja` file as Python reads it: UTF-8 and nothing else; a byte order mark stays. Undefined where the folder has none.
 *
 * @throws NamedError `InvalidChatTemplate`, `OverLimit`, those of `readRange`
 */
export async function readTemplateFile(files: CheckpointFiles, file: string): Promise<string | undefined> {
  const source = files.get(file);
  if (!source) return undefined;
  checkSmall(source, file);
  const bytes = await readRange(source, 0, source.size, { file });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new NamedError(
      'InvalidChatTemplate',
      'the chat template is not UTF-8',
      { file },
      'save it as UTF-8, or use the file that was published with the model',
      { cause },
    );
  }
}
