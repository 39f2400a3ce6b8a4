import { expect, test } from 'vitest';
import { parseConfig, readConfig } from '../../config.ts';
import { failure } from '../../testing/hub-config.ts';
import { expectedWeights } from '../../weights.ts';

/** config.json of Qwen2-VL-2B-Instruct in what bears on the model. */
const HUB_2B = {
  architectures: ['Qwen2VLForConditionalGeneration'],
  model_type: 'qwen2_vl',
  hidden_size: 1536,
  intermediate_size: 8960,
  max_position_embeddings: 32768,
  num_attention_heads: 12,
  num_hidden_layers: 28,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000,
  tie_word_embeddings: true,
  vocab_size: 151936,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  vision_config: {
    ...{ depth: 32, embed_dim: 1280, mlp_ratio: 4, num_heads: 16, in_chans: 3, hidden_size: 1536 },
    ...{ patch_size: 14, spatial_merge_size: 2, spatial_patch_size: 14, temporal_patch_size: 2 },
  },
};
const HUB_7B = {
  ...HUB_2B,
  ...{ hidden_size: 3584, intermediate_size: 18944, num_attention_heads: 28, num_key_value_heads: 4 },
  ...{ tie_word_embeddings: false, vocab_size: 152064 },
  vision_config: { ...HUB_2B.vision_config, hidden_size: 3584 },
};

test('bare has the defaults of the classes, as AutoConfig of transformers 5.24.0 prints them', () => {
  const { config } = readConfig(
    { model_type: 'qwen2_vl', vision_config: { hidden_size: 8192 } },
    'config.json',
  );
  expect(config.text).toEqual({
    ...{ hiddenSize: 8192, layers: 80, heads: 64, kvHeads: 8, headDim: 128, intermediateSize: 29568 },
    ...{ vocabSize: 152064, rmsNormEps: 1e-5, ropeTheta: 1e6, mropeSection: [16, 24, 24] },
    ...{ maxPositionEmbeddings: 32768, tieWordEmbeddings: false },
  });
  expect(config.vision).toEqual({
    ...{ depth: 32, hiddenSize: 1280, heads: 16, intermediateSize: 5120, outHiddenSize: 8192 },
    ...{ patchSize: 14, temporalPatchSize: 2, spatialMergeSize: 2, inChannels: 3 },
  });
});

// Counts of the models that transformers 5.24 makes of these configs.
test.each([
  ['2B', HUB_2B, 729, 2_208_985_600],
  ['7B', HUB_7B, 730, 8_291_375_616],
])('%s has the tensors of transformers’ model', (_, json, tensors, parameters) => {
  const weights = expectedWeights(parseConfig(json, 'config.json'));
  const sizes = weights.map(({ shape }) => shape.reduce((product, dim) => product * dim, 1));
  expect(weights).toHaveLength(tensors);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(parameters);
});

test.each([
  ['UnsupportedConfig', 'vision_config.hidden_act', { hidden_act: 'gelu' }],
  ['InvalidConfig', 'vision_config.embed_dim', { embed_dim: 1000 }],
  ['InvalidConfig', 'vision_config.hidden_size', { hidden_size: 1280 }],
  ['InvalidConfig', 'vision_config.mlp_ratio', { mlp_ratio: 2.5 }],
])('%s: %s', (name, field, change) => {
  const json = { ...HUB_2B, vision_config: { ...HUB_2B.vision_config, ...change } };
  expect(failure(json)).toMatchObject({ name, place: { field } });
});
