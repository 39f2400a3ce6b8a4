import { CLIP_DEFAULTS } from '../../image-defaults.ts';
import type { Architecture } from '../architecture.ts';

/**
 * An architecture that nobody trained: another spelling of its config, other names in its projectors, and a second projector,
 * whose features are added to the output of LLM layer 1. Else it computes what the golden checkpoints do.
 */
export const TOY_VL: Architecture = {
  modelType: 'toy_vl',
  title: 'Toy-VL',
  classes: ['ToyForConditionalGeneration', 'ToyModel'],
  readSizes(root) {
    const [language, tower] = [root.object('language'), root.object('tower')];
    const hiddenSize = language.positiveInteger('width');
    const heads = language.positiveInteger('heads');
    return {
      text: {
        hiddenSize,
        heads,
        layers: language.positiveInteger('layers'),
        kvHeads: language.positiveInteger('kv_heads'),
        headDim: hiddenSize / heads,
        intermediateSize: language.positiveInteger('inner'),
        vocabSize: language.positiveInteger('words'),
        rmsNormEps: 1e-6,
        ropeTheta: 1e6,
        mropeSection: [2, 3, 3],
        maxPositionEmbeddings: 4096,
        tieWordEmbeddings: false,
      },
      vision: {
        depth: tower.positiveInteger('blocks'),
        hiddenSize: tower.positiveInteger('width'),
        heads: tower.positiveInteger('heads'),
        intermediateSize: tower.positiveInteger('inner'),
        outHiddenSize: hiddenSize,
        ...{ patchSize: 14, temporalPatchSize: 2, spatialMergeSize: 2, inChannels: 3 },
        ...{ windowSize: 112, fullAttentionBlocks: tower.indices('whole') },
      },
      notices: ['A toy is read.'],
    };
  },
  tokenDefaults: {
    ...{ image_token_id: 374, video_token_id: 375, vision_start_token_id: 371, vision_end_token_id: 372 },
  },
  decoder: { qkvBias: true, qkNorm: false },
  vision: { patchBias: false, norm: 'rms', mlp: { kind: 'gated' } },
  projectors({ depth }) {
    const last = { names: ['norm', 'fc1', 'fc2'], mergesFirst: false, afterBlock: depth - 1 } as const;
    return [
      { ...last, prefix: 'visual.merger', addedAfterLayer: null },
      { ...last, prefix: 'visual.deepstack_merger_list.0', addedAfterLayer: 1 },
    ];
  },
  imageDefaults: CLIP_DEFAULTS,
  defaultSystem: null,
};
