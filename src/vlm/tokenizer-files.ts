/** The files of a folder that decide how texts become tokens. */
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { readRange } from '../checkpoint/byte-source.ts';
import { optionalObject } from '../checkpoint/config-hints.ts';
import { checkSmall, readJsonFile } from '../checkpoint/small-file.ts';
import { readTemplateFile } from './chat-template-file.ts';
import { ADDITIONAL_DEFAULT } from './chat-template-source.ts';
import { ADDED_TOKENS } from './declared-tokens.ts';
import type { TokenizerFiles } from './tokenizer.ts';

const NAMES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  ADDED_TOKENS,
  'processor_config.json',
  'chat_template.json',
  'chat_template.jinja',
  ADDITIONAL_DEFAULT,
] as const;

/** Reads and parses them. @throws NamedError `OverLimit`, `InvalidJson`, `InvalidChatTemplate`, those of `readRange` */
export async function readTokenizerFiles(files: CheckpointFiles): Promise<TokenizerFiles> {
  return {
    tokenizerJson: await readJsonFile(files, 'tokenizer.json'),
    tokenizerConfig: await readJsonFile(files, 'tokenizer_config.json'),
    modelType: (await optionalObject(files, 'config.json'))['model_type'],
    addedTokens: await readJsonFile(files, ADDED_TOKENS),
    processorConfig: await readJsonFile(files, 'processor_config.json'),
    chatTemplateJson: await readJsonFile(files, 'chat_template.json'),
    chatTemplateJinja: await readTemplateFile(files, 'chat_template.jinja'),
    additionalDefaultJinja: await readTemplateFile(files, ADDITIONAL_DEFAULT),
  };
}

/**
 * These files alone, as a worker can be given them: a merged folder computes the bytes of some, which a worker gets as
 * they are.
 *
 * @throws NamedError `OverLimit`, those of `readRange`
 */
export async function tokenizerFilesOf(files: CheckpointFiles): Promise<CheckpointFiles> {
  const own = new Map<string, ByteSource>();
  for (const name of NAMES) {
    const source = files.get(name);
    if (source === undefined) continue;
    checkSmall(source, name);
    own.set(
      name,
      source instanceof File
        ? source
        : new File([await readRange(source, 0, source.size, { file: name })], name),
    );
  }
  return own;
}
