/** Shapes the benchmarks run at. */
import { ARCHITECTURES } from '../vlm/architectures/list.ts';
import type { VlmConfig } from '../vlm/config.ts';

const VISION = {
  heads: 4,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  windowSize: 112,
  inChannels: 3,
  tokensPerSecond: 2,
} as const;

function config(
  text: Omit<VlmConfig['text'], 'headDim' | 'mropeSection' | 'rmsNormEps' | 'ropeTheta'>,
): VlmConfig {
  const headDim = text.hiddenSize / text.heads;
  const quarter = headDim / 8;
  return {
    modelType: ARCHITECTURES[0].modelType,
    text: {
      ...text,
      headDim,
      mropeSection: [quarter, 1.5 * quarter, 1.5 * quarter],
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
    },
    vision: {
      ...VISION,
      depth: 1,
      hiddenSize: 64,
      intermediateSize: 128,
      outHiddenSize: text.hiddenSize,
      fullAttentionBlocks: [0],
    },
    // No token ends an answer: every run is of the same length.
    tokens: { image: -1, video: -1, visionStart: -1, visionEnd: -1, eos: [] },
  };
}

/** The size of the demo family: 12 layers of width 128. */
export const SMALL = config({
  hiddenSize: 128,
  layers: 12,
  heads: 4,
  kvHeads: 2,
  intermediateSize: 384,
  vocabSize: 2048,
  maxPositionEmbeddings: 4096,
  tieWordEmbeddings: true,
});

/** As deep as the 7B model, at the width of the demo family. */
export const DEEP: VlmConfig = { ...SMALL, text: { ...SMALL.text, layers: 28 } };

/** The shape of Qwen2.5-VL-7B, for what is computed and not run. */
export const WHOLE_7B: () => VlmConfig = () => ({
  ...ONE_LAYER_OF_7B,
  text: { ...ONE_LAYER_OF_7B.text, layers: 28 },
});

/** Wide enough that arithmetic outweighs fixed costs. */
export const MEDIUM = config({
  hiddenSize: 512,
  layers: 12,
  heads: 8,
  kvHeads: 2,
  intermediateSize: 1536,
  vocabSize: 8192,
  maxPositionEmbeddings: 4096,
  tieWordEmbeddings: true,
});

/** One layer, the embedding and the head of Qwen2.5-VL-7B. */
export const ONE_LAYER_OF_7B = config({
  hiddenSize: 3584,
  layers: 1,
  heads: 28,
  kvHeads: 4,
  intermediateSize: 18944,
  vocabSize: 152064,
  maxPositionEmbeddings: 4096,
  tieWordEmbeddings: false,
});
