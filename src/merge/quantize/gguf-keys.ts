/** What the GGUF files of a merge say of it, read from the small files that it would be written with. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { optionalObject } from '../../checkpoint/config-hints.ts';
import { writtenArchitecture } from '../../checkpoint/formats/gguf/architectures/list.ts';
import type { GgufKey } from '../../checkpoint/formats/gguf/write-head.ts';
import { languageKeys, visionKeys } from '../../checkpoint/formats/gguf/write-metadata.ts';
import { NamedError } from '../../named-error.ts';
import { chatTemplateSources } from '../../vlm/chat-template-source.ts';
import { readTokenizerFiles } from '../../vlm/tokenizer-files.ts';

/** Plain data. */
export interface GgufKeys {
  readonly modelType: string;
  /** Blocks with a projector of their own. */
  readonly deepstack: readonly number[];
  readonly language: readonly GgufKey[];
  readonly vision: readonly GgufKey[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * @param name of the model
 * @throws NamedError `UnsupportedArchitecture`, `InvalidTokenizer`, `MissingField`; those of reading the files
 */
export async function ggufKeys(files: CheckpointFiles, name: string): Promise<GgufKeys> {
  const config = await optionalObject(files, 'config.json');
  const architecture = writtenArchitecture(config['model_type']);
  const texts = await readTokenizerFiles(files);
  const tokenizer = (texts.tokenizerJson ?? {}) as Json;
  if (
    !JSON.stringify(tokenizer['pre_tokenizer'] ?? null).includes(
      JSON.stringify(architecture.tokenizer.pattern),
    )
  ) {
    throw new NamedError(
      'InvalidTokenizer',
      'it cuts texts otherwise than the tokenizer that GGUF files name for this model',
      { file: 'tokenizer.json', field: 'pre_tokenizer' },
      'take another format: the file would be read with other tokens',
    );
  }
  const processor = await optionalObject(files, 'processor_config.json');
  const nested = (processor['image_processor'] ?? {}) as Json;
  const folder = {
    ...{ name, config, tokenizer },
    tokenizerConfig: (texts.tokenizerConfig ?? {}) as Json,
    preprocessor: { ...nested, ...(await optionalObject(files, 'preprocessor_config.json')) },
    chatTemplate: chatTemplateSources(texts)[0]?.text ?? null,
  };
  const vision = (config['vision_config'] ?? {}) as Json;
  return {
    modelType: architecture.modelType,
    deepstack: (vision['deepstack_visual_indexes'] ?? []) as readonly number[],
    language: languageKeys(folder, architecture),
    vision: visionKeys(folder, architecture),
  };
}
