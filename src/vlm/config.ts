import { checkArchitecture } from './architecture.ts';
import { JsonFields } from './json-fields.ts';
import type { SpecialTokens } from './special-tokens.ts';
import { parseTokens } from './special-tokens.ts';
import type { TextConfig } from './text-config.ts';
import { parseText } from './text-config.ts';
import type { Release, VisionConfig } from './vision-config.ts';
import { parseVision } from './vision-config.ts';

export type { SpecialTokens, TextConfig, VisionConfig };

export interface VlmConfig {
  readonly modelType: string;
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly tokens: SpecialTokens;
}

/**
 * Reads `config.json` of a Qwen2.5-VL checkpoint as any release of transformers from 4.49 on writes it: in the hub's
 * spelling (text fields at the root, `rope_scaling`), nested (`text_config`, since 4.52) or with `rope_parameters`
 * (since 5.0). What a writer leaves out has the default of transformers' class (`config-defaults.ts`).
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
  const architectureNotices = checkArchitecture(root, file);
  const textFields = root.has('text_config') ? root.object('text_config') : root;
  const visionFields = root.has('vision_config')
    ? root.object('vision_config')
    : new JsonFields({}, file, 'vision_config');
  const text = parseText(textFields, root);
  const { vision, notices: visionNotices } = parseVision(visionFields, writerOf(root));
  if (vision.outHiddenSize !== text.hiddenSize) {
    throw visionFields.wrong('out_hidden_size', `the language model's hidden_size ${text.hiddenSize}`);
  }
  const { tokens, notices: tokenNotices } = parseTokens({
    root,
    text: textFields,
    vocabSize: text.vocabSize,
    generation,
  });
  return {
    config: { modelType: 'qwen2_5_vl', text, vision, tokens },
    notices: [...architectureNotices, ...visionNotices, ...tokenNotices],
  };
}

/** The config alone; arguments and errors as `readConfig`. */
export function parseConfig(json: unknown, file: string, generation?: unknown): VlmConfig {
  return readConfig(json, file, generation).config;
}

/** The release that saved the file, `transformers_version`; a development version counts as the release it precedes. */
function writerOf(root: JsonFields): Release | undefined {
  const version = root.raw('transformers_version');
  const parts = typeof version === 'string' ? /^(\d+)\.(\d+)/.exec(version) : null;
  return parts === null ? undefined : { major: Number(parts[1]), minor: Number(parts[2]) };
}
