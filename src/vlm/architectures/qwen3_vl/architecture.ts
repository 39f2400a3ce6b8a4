import { CLIP_DEFAULTS } from '../../image-defaults.ts';
import type { VisionConfig } from '../../vision-config.ts';
import { parseText } from '../../text-config.ts';
import type { Architecture, Projector } from '../architecture.ts';
import { TOKEN_DEFAULTS } from '../qwen2_5_vl/config-defaults.ts';
import { sizes } from '../sizes.ts';
import { TEXT_DEFAULTS } from './config-defaults.ts';
import { parseVision } from './vision-config.ts';

const NAMES = ['norm', 'linear_fc1', 'linear_fc2'] as const;

/**
 * Qwen3-VL, the dense ones. The language model is always written into `text_config`, its rotary settings into `rope_scaling` by
 * 4.57 and the hub, into `rope_parameters` by 5.x.
 */
export const QWEN3_VL: Architecture = {
  modelType: 'qwen3_vl',
  title: 'Qwen3-VL',
  classes: ['Qwen3VLForConditionalGeneration', 'Qwen3VLModel'],
  readSizes(root) {
    const fields = root.object('text_config', {});
    if (fields.boolean('attention_bias', false)) {
      throw fields.unsupported('attention_bias', 'biases of q, k, v and o; supported is none');
    }
    return sizes(parseText(fields, root, TEXT_DEFAULTS), root, parseVision, 'out_hidden_size');
  },
  tokenDefaults: TOKEN_DEFAULTS,
  decoder: { qkvBias: false, qkNorm: true },
  vision: {
    patchBias: true,
    norm: 'layer',
    mlp: { kind: 'plain', activation: 'gelu-tanh', names: ['linear_fc1', 'linear_fc2'] },
  },
  projectors: (vision) => [
    {
      prefix: 'visual.merger',
      names: NAMES,
      mergesFirst: false,
      afterBlock: vision.depth - 1,
      addedAfterLayer: null,
    },
    ...deepstack(vision),
  ],
  imageDefaults: CLIP_DEFAULTS,
  defaultSystem: null,
};

/**
 * One projector for each block named, in the blocks' order: the first one's output is added after LLM layer 0, and so on. A block
 * beyond the last gives nothing, one named twice gives what its first projector makes, as in transformers.
 */
function deepstack({ deepstackBlocks = [], depth }: VisionConfig): readonly Projector[] {
  return [...new Set(deepstackBlocks)]
    .filter((block) => block < depth)
    .sort((a, b) => a - b)
    .map((block, layer) => ({
      prefix: `visual.deepstack_merger_list.${deepstackBlocks.indexOf(block)}`,
      names: NAMES,
      mergesFirst: true,
      afterBlock: block,
      addedAfterLayer: layer,
    }));
}
