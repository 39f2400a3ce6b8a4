import { CLIP_DEFAULTS } from '../../image-defaults.ts';
import { parseText } from '../../text-config.ts';
import type { Architecture } from '../architecture.ts';
import { sizes, textFields } from '../sizes.ts';
import { TEXT_DEFAULTS, TOKEN_DEFAULTS } from './config-defaults.ts';
import { parseVision } from './vision-config.ts';

/**
 * Qwen2.5-VL. config.json is read as any release of transformers from 4.49 on writes it: in the hub's spelling (text fields
 * at the root, `rope_scaling`), nested (`text_config`, since 4.52) or with `rope_parameters` (since 5.0). What a writer leaves
 * out has the default of transformers' class (`config-defaults.ts`).
 */
export const QWEN2_5_VL: Architecture = {
  modelType: 'qwen2_5_vl',
  title: 'Qwen2.5-VL',
  classes: ['Qwen2_5_VLForConditionalGeneration', 'Qwen2_5_VLModel'],
  readSizes: (root) =>
    sizes(parseText(textFields(root), root, TEXT_DEFAULTS), root, parseVision, 'out_hidden_size'),
  tokenDefaults: TOKEN_DEFAULTS,
  decoder: { qkvBias: true, qkNorm: false },
  vision: { patchBias: false, norm: 'rms', mlp: { kind: 'gated' } },
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
