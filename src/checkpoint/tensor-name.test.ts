import { describe, expect, it } from 'vitest';
import { layerPlace, projectionOf } from './tensor-place.ts';
import { recognise } from './recognition.ts';
import { canonicalName, writtenName } from './tensor-name.ts';
import { qwenTensors, SHAPE_3B, SHAPE_7B } from './testing/qwen-layout.ts';

const hubNames = qwenTensors(SHAPE_7B).map(({ name }) => name);

/** What transformers ≥ 4.52 calls the same tensor. */
function newerName(name: string): string {
  if (name.startsWith('lm_head.')) return name;
  return name.startsWith('visual.') ? `model.${name}` : name.replace(/^model\./, 'model.language_model.');
}

/** What `Qwen2_5_VLModel.save_pretrained` of transformers 5.24 calls it; the base model has no head. */
function baseModelName(name: string): string {
  return name.replace(/^model\./, 'language_model.');
}

describe('canonicalName', () => {
  it('gives the 729 tensors of a 7B model the same names from all spellings', () => {
    expect(hubNames.length).toBe(729);
    for (const name of hubNames) {
      expect(canonicalName(name)).toBe(name);
      expect(canonicalName(newerName(name))).toBe(name);
      if (!name.startsWith('visual.')) expect(canonicalName(`language_model.${name}`)).toBe(name);
      expect(canonicalName(baseModelName(name))).toBe(name);
    }
  });
});

describe('writtenName', () => {
  it("keeps every spelling but that of the base model, which becomes the hub's", () => {
    for (const name of hubNames) {
      expect(writtenName(name)).toBe(name);
      expect(writtenName(newerName(name))).toBe(newerName(name));
      expect(writtenName(baseModelName(name))).toBe(name);
    }
  });
});

describe('layerPlace', () => {
  it('puts 32 vision blocks at −32 … −1, the merger at 0 and 28 layers at 1 … 28', () => {
    const indices = new Set(hubNames.map((name) => layerPlace(name, { visionBlocks: 32 }).layer));
    expect(indices).toEqual(new Set([null, ...Array.from({ length: 61 }, (_, index) => index - 32)]));
    const outside = hubNames.filter((name) => layerPlace(name, { visionBlocks: 32 }).layer === null);
    expect(outside).toEqual([
      'model.embed_tokens.weight',
      'model.norm.weight',
      'lm_head.weight',
      'visual.patch_embed.proj.weight',
    ]);
  });

  it.each([
    ['visual.blocks.7.attn.qkv.weight', -25, 'Vision Encoder', 'Attention'],
    ['visual.blocks.31.mlp.down_proj.bias', -1, 'Vision Encoder', 'MLP'],
    ['visual.blocks.0.norm2.weight', -32, 'Vision Encoder', 'Other'],
    ['visual.patch_embed.proj.weight', null, 'Vision Encoder', 'Other'],
    ['visual.merger.mlp.2.weight', 0, 'Projector', 'MLP'],
    ['visual.merger.ln_q.weight', 0, 'Projector', 'Other'],
    ['model.layers.0.self_attn.o_proj.weight', 1, 'LLM Backbone', 'Attention'],
    ['model.layers.27.mlp.up_proj.weight', 28, 'LLM Backbone', 'MLP'],
    ['model.layers.3.post_attention_layernorm.weight', 4, 'LLM Backbone', 'Other'],
    ['lm_head.weight', null, 'LLM Backbone', 'Other'],
  ])('%s → %s, %s, %s', (name, layer, section, component) => {
    expect(layerPlace(name, { visionBlocks: 32 })).toEqual({ layer, section, component });
  });
});

describe('projectionOf', () => {
  it('groups the linears of a Qwen2.5-VL across layers, those of vision blocks and merger apart from the LLM’s', () => {
    const matrices = hubNames.filter((name) => !/norm|ln_q|bias|layers\.[1-9]|embed|lm_head/.test(name));
    expect([...new Set(matrices.map(projectionOf))].toSorted()).toEqual([
      ...['down_proj', 'gate_proj', 'k_proj', 'o_proj', 'q_proj', 'up_proj', 'v_proj'],
      ...['visual attn.proj', 'visual attn.qkv', 'visual down_proj', 'visual gate_proj'],
      ...['visual mlp.0', 'visual mlp.2', 'visual up_proj'],
    ]);
  });

  it.each([
    ['visual.blocks.7.mlp.linear_fc1.weight', 'visual linear_fc1'],
    ['visual.merger.linear_fc1.weight', 'visual merger.linear_fc1'],
    ['visual.deepstack_merger_list.0.linear_fc1.weight', 'visual deepstack_merger.linear_fc1'],
    ['visual.deepstack_merger_list.2.linear_fc1.weight', 'visual deepstack_merger.linear_fc1'],
    ['visual.patch_embed.proj.weight', 'visual patch_embed.proj'],
  ])('%s is one of %s', (name, projection) => {
    expect(projectionOf(name)).toBe(projection);
  });
});

describe('recognise', () => {
  it('names what is extra, with the reason, and what is missing', () => {
    const tied = qwenTensors(SHAPE_3B).map(({ name }) => name);
    const extra = [
      'lm_head.weight',
      'model.layers.0.self_attn.q_proj.lora_A.default.weight',
      'model.layers.0.self_attn.q_proj.base_layer.weight',
      'optimizer.state.0.exp_avg',
      'model.layers.0.self_attn.rotary_emb.inv_freq',
      'model.layers.0.mlp.up_proj.qweight',
      'model.layers.99.mlp.up_proj.weight',
      'v_head.summary.weight',
      '__proto__',
    ];
    const stored = [...tied.filter((name) => name !== 'model.norm.weight'), ...extra];
    const { present, missing, ignored } = recognise(stored, new Set(tied));
    expect(present.length).toBe(tied.length - 1);
    expect(missing).toEqual(['model.norm.weight']);
    expect(ignored.map(({ name }) => name)).toEqual(extra);
    expect(ignored.map(({ reason }) => reason)).toEqual([
      'the head is tied to the token embedding',
      'left over from LoRA training',
      'weight under an adapter that was never merged',
      'optimizer state',
      'rotary frequencies, computed from the config',
      'quantized weight',
      'no such weight in this layer, or no such layer in the config',
      'value or reward head',
      'no part of this model',
    ]);
  });
});
