/** What is written for transformers 4.57; that both versions take it alike is what `tools/goldens/versions.py` shows. */
import { describe, expect, it } from 'vitest';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { parseConfig } from '../../vlm/config.ts';
import type { ChangedFile } from './both-spellings.ts';
import { bothSpellings } from './both-spellings.ts';

function spelled(
  texts: Readonly<Record<string, string>>,
  others: readonly string[] = [],
): readonly ChangedFile[] {
  return bothSpellings(new Map(Object.entries(texts)), new Set([...Object.keys(texts), ...others]));
}

function only(texts: Readonly<Record<string, string>>): ChangedFile {
  const [file, ...more] = spelled(texts);
  if (!file || more.length > 0) throw new Error(`${more.length + (file ? 1 : 0)} files are changed`);
  return file;
}

/** As transformers 5 writes it: indented by two, floats as Python prints them. */
const FIVE = `{
  "architectures": [
    "Qwen2_5_VLForConditionalGeneration"
  ],
  "dtype": "bfloat16",
  "image_token_id": 1078,
  "text_config": {
    "initializer_range": 0.02,
    "rms_norm_eps": 1e-06,
    "rope_parameters": {
      "mrope_section": [
        4,
        6,
        6
      ],
      "rope_theta": 10000.0,
      "rope_type": "default",
      "type": "mrope"
    },
    "vocab_size": 12345678901234567890
  },
  "tie_word_embeddings": true
}
`;

describe('config.json', () => {
  it('of transformers 5 gets the older rotary fields and torch_dtype; every other character stays', () => {
    const file = only({ 'config.json': FIVE });
    const older = `,
    "rope_theta": 10000.0,
    "rope_scaling": {
      "mrope_section": [
        4,
        6,
        6
      ],
      "rope_type": "default",
      "type": "mrope"
    },
    "tie_word_embeddings": true
  },
  "tie_word_embeddings": true,
  "torch_dtype": "bfloat16"
}
`;
    expect(file.text).toBe(FIVE.replace('\n  },\n  "tie_word_embeddings": true\n}\n', older));
    expect(file.changes).toEqual([
      "text_config.rope_theta, text_config.rope_scaling, text_config.tie_word_embeddings, torch_dtype say in transformers 4's spelling what transformers 5's says.",
    ]);
  });

  it('without text_config has them at the root, also on one line', () => {
    const text =
      '{"rope_parameters": {"rope_type": "default", "rope_theta": 5e5, "mrope_section": [2, 3, 3]}}';
    const added =
      ', "rope_theta": 5e5, "rope_scaling": {"rope_type": "default", "mrope_section": [2, 3, 3]}}';
    expect(only({ 'config.json': text }).text).toBe(text.slice(0, -1) + added);
  });

  it('with a default at the root where text_config has the id has that at the root, and says so', () => {
    const file = only({ 'config.json': '{"image_token_id": 151655, "text_config": {"image_token_id": 7}}' });
    expect(JSON.parse(file.text)).toEqual({ image_token_id: 7, text_config: { image_token_id: 7 } });
    expect(file.changes).toEqual([
      "image_token_id is 7, as text_config has it; the root's 151655 is not what the weights were made with.",
    ]);
  });

  it('that ties at one level ties at both: 4.57 reads text_config alone, where 5 writes the root', () => {
    const tied = (config: object): unknown =>
      JSON.parse(only({ 'config.json': JSON.stringify(config) }).text);
    const both = { text_config: { tie_word_embeddings: true }, tie_word_embeddings: true };
    expect(tied({ text_config: {}, tie_word_embeddings: true })).toEqual(both);
    expect(tied({ text_config: { tie_word_embeddings: true } })).toEqual(both);
    expect(tied({ text_config: { tie_word_embeddings: true }, tie_word_embeddings: false })).toEqual(both);
    const neither = { text_config: { tie_word_embeddings: false }, tie_word_embeddings: false };
    expect(spelled({ 'config.json': JSON.stringify(neither) })).toEqual([]);
  });

  it('with token ids in text_config alone has them at the root', () => {
    const text =
      '{"image_token_id": null, "text_config": {"image_token_id": 7, "video_token_id": 8, "vision_start_token_id": null}}';
    expect(JSON.parse(only({ 'config.json': text }).text)).toEqual({
      image_token_id: 7,
      text_config: { image_token_id: 7, video_token_id: 8, vision_start_token_id: null },
      video_token_id: 8,
    });
  });

  it.each(['tied-gqa1-bf16-old', 'untied-gqa2-f16'])(
    'of %s, in an older spelling, is left as it is',
    async (name) => {
      const bytes = await readFromDisk(`checkpoints/${name}/config.json`);
      expect(spelled({ 'config.json': new TextDecoder().decode(bytes) })).toEqual([]);
    },
  );

  it('reads the same here, whichever spelling is looked at', async () => {
    const text = new TextDecoder().decode(await readFromDisk('checkpoints/untied-gqa4-f32/config.json'));
    const both = JSON.parse(only({ 'config.json': text }).text) as { text_config: object };
    const older = { ...both, text_config: { ...both.text_config, rope_parameters: undefined } };
    const config = parseConfig(JSON.parse(text), 'config.json');
    expect(parseConfig(both, 'config.json')).toEqual(config);
    expect(parseConfig(JSON.parse(JSON.stringify(older)), 'config.json')).toEqual(config);
  });

  it('is changed once: what was written is left as it is', () => {
    expect(spelled({ 'config.json': only({ 'config.json': FIVE }).text })).toEqual([]);
  });

  it('that Python alone can read is left as it is', () => {
    expect(spelled({ 'config.json': '{"dtype": "bfloat16", "clip": NaN}' })).toEqual([]);
  });
});

describe('tokenizer_config.json', () => {
  it('has the list of extra tokens where both versions look for it', () => {
    const text =
      '{\n  "eos_token": "<|im_end|>",\n  "extra_special_tokens": [\n    "<a>",\n    "<b>"\n  ],\n  "unk_token": null\n}\n';
    expect(only({ 'tokenizer_config.json': text }).text).toBe(
      '{\n  "eos_token": "<|im_end|>",\n  "extra_special_tokens": {},\n  "unk_token": null,\n  "additional_special_tokens": [\n    "<a>",\n    "<b>"\n  ]\n}\n',
    );
  });

  it('joins the two lists where it has both', () => {
    const text = '{"additional_special_tokens": ["<a>"], "extra_special_tokens": ["<b>", "<a>"]}';
    expect(only({ 'tokenizer_config.json': text }).text).toBe(
      '{"additional_special_tokens": ["<a>", "<b>"], "extra_special_tokens": {}}',
    );
  });

  it('names a class that transformers 4 has', () => {
    const text = '{"tokenizer_class": "TokenizersBackend"}';
    expect(only({ 'tokenizer_config.json': text }).text).toBe(
      '{"tokenizer_class": "PreTrainedTokenizerFast"}',
    );
  });

  it('with names for its extra tokens is left as it is', () => {
    expect(spelled({ 'tokenizer_config.json': '{"extra_special_tokens": {"image_token": "<i>"}}' })).toEqual(
      [],
    );
  });
});

describe('processor_config.json', () => {
  const FILE = `{
  "image_processor": {
    "image_mean": [
      0.48145466
    ],
    "image_processor_type": "Qwen2VLImageProcessorPil",
    "rescale_factor": 0.00392156862745098
  },
  "processor_class": "Qwen2_5_VLProcessor",
  "video_processor": {
    "video_processor_type": "Qwen2VLVideoProcessor"
  }
}
`;

  it('gives 4.57 the files it reads: image processor and video processor, each on its own', () => {
    const files = spelled({ 'processor_config.json': FILE });
    expect(files.map(({ name, text }) => [name, text])).toEqual([
      [
        'preprocessor_config.json',
        `{
  "image_mean": [
    0.48145466
  ],
  "image_processor_type": "Qwen2VLImageProcessor",
  "rescale_factor": 0.00392156862745098,
  "processor_class": "Qwen2_5_VLProcessor"
}
`,
      ],
      [
        'video_preprocessor_config.json',
        '{\n  "video_processor_type": "Qwen2VLVideoProcessor",\n  "processor_class": "Qwen2_5_VLProcessor"\n}\n',
      ],
    ]);
  });

  it('gives 4.51 the limits of pixels under the names that it reads', () => {
    const file =
      '{"image_processor": {"size": {"longest_edge": 50176, "shortest_edge": 3136}, "max_pixels": null}}';
    const [made] = spelled({ 'processor_config.json': file });
    expect(JSON.parse(made?.text ?? '')).toEqual({
      size: { longest_edge: 50176, shortest_edge: 3136 },
      max_pixels: 50176,
      min_pixels: 3136,
    });
  });

  it('replaces no file that is there', () => {
    const files = spelled({ 'processor_config.json': FILE }, ['preprocessor_config.json']);
    expect(files.map(({ name }) => name)).toEqual(['video_preprocessor_config.json']);
  });

  it('of transformers 4, which names the class alone, asks for nothing', () => {
    expect(spelled({ 'processor_config.json': '{"processor_class": "Qwen2_5_VLProcessor"}' })).toEqual([]);
  });
});
