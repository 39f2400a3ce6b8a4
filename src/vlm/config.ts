import { recognizeArchitecture } from './architecture.ts';
import { JsonFields } from './json-fields.ts';
import type { SpecialTokens } from './special-tokens.ts';
import { parseTokens } from './special-tokens.ts';
import type { TextConfig } from './text-config.ts';
import type { VisionConfig } from './vision-config.ts';

export type { SpecialTokens, TextConfig, VisionConfig };

export interface VlmConfig {
  /** That of the architecture (`architectureOf`), whatever config.json left out. */
  readonly modelType: string;
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly tokens: SpecialTokens;
}

/**
 * Reads `config.json` of a checkpoint of any architecture of the list (`architectures/list.ts`), in every spelling that
 * transformers has written. What a writer leaves out has the default of transformers' class.
 * `generation` is the parsed `generation_config.json`, whose end tokens win over those of `config.json`.
 *
 * Notices say what a person should know although the file can be read.
 *
 * @throws UnsupportedArchitecture when the checkpoint is of another model family.
 * @throws UnsupportedConfig when it asks for a variant that is not implemented (other rotary scaling, sliding window …).
 * @throws InvalidConfig when a field is mistyped or at odds with another; the field is named.
 */
export function readConfig(
  json: unknown,
  file: string,
  generation?: unknown,
): { readonly config: VlmConfig; readonly notices: readonly string[] } {
  const root = new JsonFields(json, file);
  const recognized = recognizeArchitecture(root, file);
  const { modelType, readSizes, tokenDefaults } = recognized.architecture;
  const sizes = readSizes(root);
  const { text, vision } = sizes;
  const { tokens, notices } = parseTokens({
    root,
    text: root.has('text_config') ? root.object('text_config') : root,
    vocabSize: text.vocabSize,
    defaults: tokenDefaults,
    generation,
  });
  return {
    config: { modelType, text, vision, tokens },
    notices: [...recognized.notices, ...sizes.notices, ...notices],
  };
}

/** The config alone; arguments and errors as `readConfig`. */
export function parseConfig(json: unknown, file: string, generation?: unknown): VlmConfig {
  return readConfig(json, file, generation).config;
}
