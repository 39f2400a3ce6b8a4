import { parseText } from '../../text-config.ts';
import type { Architecture } from '../architecture.ts';
import { QWEN2_5_VL } from '../qwen2_5_vl/architecture.ts';
import { TEXT_DEFAULTS } from '../qwen2_5_vl/config-defaults.ts';
import { sizes, textFields } from '../sizes.ts';
import { parseVision } from './vision-config.ts';

/**
 * Qwen2-VL: the language model of Qwen2.5-VL, whose config class has the same defaults and whose files the same spellings, and
 * its projector, after another tower.
 */
export const QWEN2_VL: Architecture = {
  ...QWEN2_5_VL,
  modelType: 'qwen2_vl',
  title: 'Qwen2-VL',
  classes: ['Qwen2VLForConditionalGeneration', 'Qwen2VLModel'],
  readSizes: (root) =>
    sizes(parseText(textFields(root), root, TEXT_DEFAULTS), root, parseVision, 'hidden_size'),
  vision: {
    patchBias: false,
    norm: 'layer',
    mlp: { kind: 'plain', activation: 'quick-gelu', names: ['fc1', 'fc2'] },
  },
};
