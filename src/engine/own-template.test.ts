/** A checkpoint of Qwen2.5-VL's architecture with a language model, a template and tokens of its own, as MiMo-VL is one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../vlm/config.ts';
import { expectedWeights } from '../vlm/weights.ts';
import type { Folder } from './folder.ts';
import { openFolder } from './folder.ts';
import type { ModelId } from './subject.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { goldenFolder } from './testing/goldens.ts';

/** Its kind of config.json: Qwen2.5-VL's tower before another language model, in the hub's flat spelling. */
const CONFIG = {
  architectures: ['Qwen2_5_VLForConditionalGeneration'],
  model_type: 'qwen2_5_vl',
  eos_token_id: 151645,
  ...{ vision_start_token_id: 151652, vision_end_token_id: 151653, image_token_id: 151655 },
  ...{ hidden_size: 4096, intermediate_size: 11008, num_hidden_layers: 36, num_attention_heads: 32 },
  ...{ num_key_value_heads: 8, max_position_embeddings: 128000, rms_norm_eps: 1e-5, rope_theta: 640000 },
  ...{ tie_word_embeddings: false, use_sliding_window: false, sliding_window: null, vocab_size: 151680 },
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  vision_config: {
    ...{ depth: 32, hidden_size: 1280, intermediate_size: 4608, num_heads: 16, out_hidden_size: 4096 },
    ...{ patch_size: 14, spatial_merge_size: 2, spatial_patch_size: 14, temporal_patch_size: 2, in_chans: 3 },
    ...{ window_size: 112, fullatt_block_indexes: [7, 15, 23, 31], tokens_per_second: 2 },
  },
};

/** Its kind of template: a system prompt of its own, and an empty thought where the question asks for none. */
const TEMPLATE = `{%- if messages[0].role != 'system' -%}
{{- '<|im_start|>system\\nYou look before you answer.<|im_end|>\\n' -}}
{%- endif -%}
{%- set quiet = namespace(asked=false) -%}
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.content is string -%}{{- message.content -}}
{%- else -%}{%- for part in message.content -%}
{%- if part.type == 'image' -%}{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
{%- elif part.type == 'text' -%}
{%- if part.text.endswith('/no_think') -%}{%- set quiet.asked = true -%}{%- endif -%}
{{- part.text.replace('/no_think', '').strip() -}}
{%- endif -%}{%- endfor -%}{%- endif -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' + ('<think>\\n\\n</think>\\n' if quiet.asked else '<think>') -}}{%- endif -%}`;

it('has the sizes of its config', () => {
  const config = parseConfig(CONFIG, 'config.json');
  expect(config.modelType).toBe('qwen2_5_vl');
  expect(config.text).toMatchObject({
    layers: 36,
    headDim: 128,
    kvHeads: 8,
    ropeTheta: 640000,
    vocabSize: 151680,
  });
  const shapes = new Map(expectedWeights(config).map(({ name, shape }) => [name, shape]));
  expect(shapes.get('model.layers.35.self_attn.k_proj.bias')).toEqual([1024]);
  expect(shapes.get('visual.blocks.31.mlp.gate_proj.weight')).toEqual([4608, 1280]);
  expect(shapes.get('lm_head.weight')).toEqual([151680, 4096]);
});

describe('its folder', () => {
  let folder: Folder;

  beforeAll(async () => {
    const files = await goldenFolder(readFromDisk, 'untied-gqa4-f32');
    // The same words with four tokens more.
    const tokens = await goldenFolder(readFromDisk, 'qwen3-untied-bf16');
    for (const name of ['tokenizer.json', 'tokenizer_config.json']) files.set(name, tokens.get(name) as File);
    files.set('chat_template.jinja', new File([TEMPLATE], 'chat_template.jinja'));
    folder = await openFolder('own' as ModelId, 'own', files);
  });

  /** The prompt's text; an image stands there as one token. */
  const prompt = async (text: string, images = 0): Promise<string> => {
    const image = { type: 'image' } as const;
    const content = [...Array<typeof image>(images).fill(image), { type: 'text', text } as const];
    const { inputIds } = await folder.prompts.build({
      config: folder.config,
      messages: [{ role: 'user', content }],
      grids: Array<[number, number, number]>(images).fill([1, 2, 2]),
    });
    return folder.tokenizer.decode(inputIds, { skipSpecial: false });
  };

  it('opens as what config.json calls it, without a notice', () => {
    expect(folder.summary).toMatchObject({ modelType: 'qwen2_5_vl', notices: [] });
  });

  it('asks as its own template does', async () => {
    expect(await prompt('How many?', 1)).toBe(
      '<|im_start|>system\nYou look before you answer.<|im_end|>\n<|im_start|>user\n' +
        '<|vision_start|><|image_pad|><|vision_end|>How many?<|im_end|>\n<|im_start|>assistant\n<think>',
    );
    expect(await prompt('How many? /no_think')).toBe(
      '<|im_start|>system\nYou look before you answer.<|im_end|>\n<|im_start|>user\n' +
        'How many?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n',
    );
  });

  it('takes its own tokens whole', async () => {
    const [[first, ...rest]] = (await folder.prompts.encode(['<think>'])) as [[number, ...number[]]];
    expect([first, rest]).toEqual([386, []]);
    expect(folder.tokenizer.decode([386, 387], { skipSpecial: true })).toBe('<think></think>');
  });
});
