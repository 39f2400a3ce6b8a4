import { describe, expect, test } from 'vitest';
import { parseConfig, readConfig } from '../../config.ts';
import { imageGrid } from '../../patches.ts';
import { parsePreprocessor } from '../../preprocessor.ts';
import { failure } from '../../testing/hub-config.ts';
import { QWEN3_VL_SIZES, qwen3VlConfig } from '../../testing/qwen3-vl.ts';
import { expectedWeights } from '../../weights.ts';
import { QWEN3_VL } from './architecture.ts';

const HUB_8B = qwen3VlConfig(QWEN3_VL_SIZES['8B']);
const text = (change: object): object => ({ ...HUB_8B, text_config: { ...HUB_8B.text_config, ...change } });
const tower = (change: object): object => ({
  ...HUB_8B,
  vision_config: { ...HUB_8B.vision_config, ...change },
});

describe('config.json of Qwen3-VL', () => {
  test('bare has the defaults of the classes, as AutoConfig of transformers 5.24.0 prints them', () => {
    const bare = { model_type: 'qwen3_vl', vision_config: { out_hidden_size: 4096 } };
    const { config } = readConfig(bare, 'config.json');
    expect(config.text).toEqual({
      hiddenSize: 4096,
      layers: 32,
      heads: 32,
      kvHeads: 32,
      headDim: 128,
      intermediateSize: 22016,
      vocabSize: 151936,
      rmsNormEps: 1e-6,
      ropeTheta: 500000,
      mropeSection: [24, 20, 20],
      mropeInterleaved: true,
      maxPositionEmbeddings: 128000,
      tieWordEmbeddings: false,
    });
    expect(config.vision).toEqual({
      depth: 27,
      hiddenSize: 1152,
      heads: 16,
      intermediateSize: 4304,
      outHiddenSize: 4096,
      patchSize: 16,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      positionTableSide: 48,
      deepstackBlocks: [8, 16, 24],
      inChannels: 3,
    });
    expect(config.tokens).toMatchObject({
      image: 151655,
      video: 151656,
      visionStart: 151652,
      visionEnd: 151653,
    });
  });

  test('says the same in the hub’s spelling and in that of transformers 5', () => {
    const { rope_scaling, rope_theta, ...rest } = HUB_8B.text_config;
    const saved = {
      ...HUB_8B,
      transformers_version: '5.24.0',
      text_config: { ...rest, rope_parameters: { ...rope_scaling, rope_theta } },
      vision_config: {
        ...HUB_8B.vision_config,
        model_type: 'qwen3_vl_vision',
        rope_parameters: { rope_theta: 10000, rope_type: 'axial' },
      },
    };
    const hub = parseConfig(HUB_8B, 'config.json');
    expect(hub.text).toMatchObject({ ropeTheta: 5e6, mropeSection: [24, 20, 20], layers: 36, kvHeads: 8 });
    expect(parseConfig(saved, 'config.json')).toEqual(hub);
  });

  test.each([
    ['UnsupportedConfig', 'text_config.attention_bias', text({ attention_bias: true })],
    ['UnsupportedConfig', 'text_config.hidden_act', text({ hidden_act: 'gelu' })],
    [
      'UnsupportedConfig',
      'text_config.rope_scaling',
      text({ rope_scaling: { rope_type: 'yarn', factor: 4 } }),
    ],
    ['UnsupportedConfig', 'vision_config.hidden_act', tower({ hidden_act: 'gelu' })],
    ['UnsupportedConfig', 'vision_config.rope_theta', tower({ rope_theta: 5000 })],
    ['InvalidConfig', 'vision_config.num_position_embeddings', tower({ num_position_embeddings: 2300 })],
    ['InvalidConfig', 'vision_config.out_hidden_size', tower({ out_hidden_size: 3584 })],
    ['InvalidConfig', 'vision_config.hidden_size', tower({ hidden_size: 1150 })],
    [
      'InvalidConfig',
      'vision_config.deepstack_visual_indexes',
      tower({ deepstack_visual_indexes: [8, '16'] }),
    ],
    ['InvalidConfig', 'text_config.rope_scaling.mrope_section', text({ head_dim: 96 })],
    ['InvalidConfig', 'text_config.num_hidden_layers', text({ num_hidden_layers: null })],
  ])('%s: %s', (name, field, json) => {
    expect(failure(json)).toMatchObject({ name, place: { field } });
  });
});

test('pixels are made as its published preprocessor_config.json says', () => {
  const published = {
    size: { longest_edge: 16777216, shortest_edge: 65536 },
    patch_size: 16,
    temporal_patch_size: 2,
    merge_size: 2,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    processor_class: 'Qwen3VLProcessor',
    image_processor_type: 'Qwen2VLImageProcessorFast',
  };
  const { vision } = parseConfig(HUB_8B, 'config.json');
  const preprocessor = parsePreprocessor(published, 'preprocessor_config.json', vision);
  expect(preprocessor).toMatchObject({ minPixels: 65536, maxPixels: 16777216, patchSize: 16, mergeSize: 2 });
  // Smart resize of transformers 5.24 with factor 32: 640 × 480 stays, 100 × 100 grows to 65,536 pixels.
  expect(imageGrid(480, 640, preprocessor)).toEqual([1, 30, 40]);
  expect(imageGrid(100, 100, preprocessor)).toEqual([1, 16, 16]);
  expect(imageGrid(1080, 1920, preprocessor)).toEqual([1, 68, 120]);
});

test.each(Object.entries(QWEN3_VL_SIZES))('%s has the tensors of transformers’ model', (_, size) => {
  const weights = expectedWeights(parseConfig(qwen3VlConfig(size), 'config.json'));
  const parameters = weights.map(({ shape }) => shape.reduce((product, dim) => product * dim, 1));
  expect(weights).toHaveLength(size.tensors);
  expect(parameters.reduce((sum, count) => sum + count)).toBe(size.parameters);
});

test('DeepStack goes by the blocks’ order: an index beyond the last block is none, one named twice counts once', () => {
  const added = (deepstackBlocks: number[]) =>
    QWEN3_VL.projectors({ ...parseConfig(HUB_8B, 'config.json').vision, deepstackBlocks })
      .slice(1)
      .map(({ prefix, afterBlock, addedAfterLayer }) => [prefix.at(-1), afterBlock, addedAfterLayer]);
  expect(added([8, 16, 24])).toEqual([
    ['0', 8, 0],
    ['1', 16, 1],
    ['2', 24, 2],
  ]);
  expect(added([20, 4, 27, 4])).toEqual([
    ['1', 4, 0],
    ['0', 20, 1],
  ]);
  expect(added([])).toEqual([]);
});
