import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalName } from './tensor-name.ts';
import { blockCount, componentOf, layerPlace, tensorPlace } from './tensor-place.ts';

const path = new URL('../../tools/goldens/data/weights-only/names.json', import.meta.url);
const names = JSON.parse(readFileSync(path, 'utf8')) as Readonly<
  Record<
    string,
    { readonly saved: Readonly<Record<string, readonly number[]>>; readonly inside: readonly string[] }
  >
>;

/** By unified layer index, how many of the names stand there; null for what is in no layer. */
function counts(stored: readonly string[]): ReadonlyMap<number | null, number> {
  const canonical = stored.map(canonicalName);
  const visionBlocks = blockCount(canonical, 'visionBlock');
  const found = new Map<number | null, number>();
  for (const name of canonical) {
    const { layer } = layerPlace(name, { visionBlocks });
    found.set(layer, (found.get(layer) ?? 0) + 1);
  }
  return found;
}

describe('names of architectures that are not run', () => {
  it.each([
    // Tensors of each vision block, of the projector, of each layer, and of none
    ['internvl', { '-2': 15, '-1': 15, '0': 6, '1': 12, '2': 12, '3': 12, null: 7 }],
    ['llava_onevision', { '-2': 16, '-1': 16, '0': 5, '1': 12, '2': 12, '3': 12, null: 8 }],
    ['glm4v', { '-2': 7, '-1': 7, '0': 8, '1': 13, '2': 13, '3': 13, null: 8 }],
    ['qwen3_vl_moe', { '-2': 12, '-1': 12, '0': 12, '1': 11, '2': 11, '3': 11, null: 6 }],
    ['qwen2', { '1': 12, '2': 12, '3': 12, null: 3 }],
    ['qwen2_reward', { '1': 12, '2': 12, '3': 12, null: 3 }],
  ])('%s: every layer has its tensors, in both spellings', (kind, expected) => {
    const { saved, inside } = names[kind] ?? { saved: {}, inside: [] };
    for (const spelling of [Object.keys(saved), inside]) {
      expect(Object.fromEntries(counts(spelling))).toEqual(expected);
      expect(spelling.map(canonicalName).filter((name) => tensorPlace(name).part === 'other')).toEqual([]);
    }
    expect(new Set(inside.map(canonicalName))).toEqual(new Set(Object.keys(saved).map(canonicalName)));
  });

  it.each([
    // OpenGVLab's own class of InternVL, with InternLM2 for its language model
    ['vision_model.encoder.layers.23.attn.qkv.weight', -1, 'Vision Encoder', 'Attention'],
    ['vision_model.encoder.layers.0.mlp.fc2.weight', -24, 'Vision Encoder', 'MLP'],
    ['vision_model.embeddings.patch_embedding.weight', null, 'Vision Encoder', 'Other'],
    ['mlp1.3.weight', 0, 'Projector', 'MLP'],
    ['language_model.model.layers.5.attention.wqkv.weight', 6, 'LLM Backbone', 'Attention'],
    ['language_model.model.layers.5.feed_forward.w1.weight', 6, 'LLM Backbone', 'MLP'],
    ['language_model.model.tok_embeddings.weight', null, 'LLM Backbone', 'Other'],
    ['language_model.output.weight', null, 'LLM Backbone', 'Other'],
    // LLaVA-OneVision as its authors and transformers 4 save it
    [
      'model.vision_tower.vision_tower.vision_model.encoder.layers.0.self_attn.out_proj.weight',
      -24,
      'Vision Encoder',
      'Attention',
    ],
    ['vision_tower.vision_model.encoder.layers.0.layer_norm1.weight', -24, 'Vision Encoder', 'Other'],
    ['model.mm_projector.0.weight', 0, 'Projector', 'Other'],
    ['model.image_newline', 0, 'Projector', 'Other'],
    // Kimi-VL's MoonViT, SmolVLM
    ['vision_tower.encoder.blocks.3.wqkv.weight', -21, 'Vision Encoder', 'Attention'],
    ['model.vision_model.encoder.layers.3.mlp.fc1.weight', -21, 'Vision Encoder', 'MLP'],
    ['model.connector.modality_projection.proj.weight', 0, 'Projector', 'Other'],
    ['model.text_model.layers.3.mlp.up_proj.weight', 4, 'LLM Backbone', 'MLP'],
    // Stages of a Swin tower have no single number
    ['vision_tower.encoder.layers.1.blocks.4.mlp.fc1.weight', null, 'Vision Encoder', 'MLP'],
    ['v_head.summary.weight', null, 'LLM Backbone', 'Other'],
    ['audio_tower.layers.3.fc1.weight', null, 'Unplaced', 'MLP'],
  ])('%s → %s, %s, %s', (stored, layer, section, component) => {
    expect(layerPlace(canonicalName(stored), { visionBlocks: 24 })).toEqual({ layer, section, component });
  });

  it('counts experts as MLP, whether they are stored apart or in one tensor', () => {
    expect(componentOf('model.layers.0.mlp.experts.gate_up_proj')).toBe('MLP');
    expect(componentOf('model.layers.0.block_sparse_moe.experts.7.w1.weight')).toBe('MLP');
  });
});
