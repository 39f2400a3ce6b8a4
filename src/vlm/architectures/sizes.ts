/** What readers of config.json of several architectures share. */
import type { JsonFields } from '../json-fields.ts';
import type { TextConfig } from '../text-config.ts';
import type { VisionConfig } from '../vision-config.ts';
import type { Sizes } from './architecture.ts';

export interface Tower {
  readonly vision: VisionConfig;
  readonly notices: readonly string[];
}

/** Where Qwen2's files keep the language model: `text_config` since 4.52, the root before and on the hub. */
export function textFields(root: JsonFields): JsonFields {
  return root.has('text_config') ? root.object('text_config') : root;
}

/**
 * The language model with the tower that `parseVision` reads; `out` is the tower's field for the width it hands over.
 *
 * @throws InvalidConfig where that is not the language model's
 */
export function sizes(
  text: TextConfig,
  root: JsonFields,
  parseVision: (fields: JsonFields, root: JsonFields) => Tower,
  out: string,
): Sizes {
  const fields = root.object('vision_config', {});
  const { vision, notices } = parseVision(fields, root);
  if (vision.outHiddenSize !== text.hiddenSize) {
    throw fields.wrong(out, `the language model's hidden_size ${text.hiddenSize}`);
  }
  return { text, vision, notices };
}
