import { CLIP_DEFAULTS } from '../../image-defaults.ts';
import { parseText } from '../../text-config.ts';
import type { Architecture } from '../architecture.ts';
import { TEXT_DEFAULTS, TOKEN_DEFAULTS } from '../qwen2_5_vl/config-defaults.ts';
import { sizes, textFields } from '../sizes.ts';
import { parseVision } from './vision-config.ts';

/**
 * Qwen2-VL. The language model is that of Qwen2.5-VL, its config class has the same defaults, and its files the same spellings.
 */
export const QWEN2_VL: Architecture = {
  modelType: 'qwen2_vl',
  title: 'Qwen2-VL',
  classes: ['Qwen2VLForConditionalGeneration', 'Qwen2VLModel'],
  readSizes: (root) =>
    sizes(parseText(textFields(root), root, TEXT_DEFAULTS), root, parseVision, 'hidden_size'),
  tokenDefaults: TOKEN_DEFAULTS,
  decoder: { qkvBias: true, qkNorm: false },
  vision: {
    patchBias: false,
    norm: 'layer',
    mlp: { kind: 'plain', activation: 'quick-gelu', names: ['fc1', 'fc2'] },
  },
  projectors: ({ depth }) => [
    {
      prefix: 'visual.merger',
      names: ['ln_q', 'mlp.0', 'mlp.2'],
      mergesFirst: false,
      afterBlock: depth - 1,
      addedAfterLayer: null,
    },
  ],
  imageDefaults: CLIP_DEFAULTS,
  defaultSystem: 'You are a helpful assistant.',
};
