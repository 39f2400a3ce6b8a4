/** The keys that llama.cpp's converter writes of a Hugging Face folder (`conversion/`). */
import { NamedError } from '../../../named-error.ts';
import type { GgufArchitecture } from './architectures/architecture.ts';
import { Fields } from './fields.ts';
import type { GgufKey } from './write-head.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the keys are made of, parsed. */
export interface ConvertedFolder {
  readonly name: string;
  readonly config: Json;
  readonly tokenizer: Json;
  readonly tokenizerConfig: Json;
  readonly preprocessor: Json;
  readonly chatTemplate: string | null;
}

/** `tokenizer.ggml.token_type`. */
const TYPE = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;
/** `general.quantization_version` of ggml. */
const QUANTIZATION_VERSION = 2;
/** What the converter says of towers that take any size. */
const IMAGE_SIZE = 560;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** @throws NamedError `MissingField`, `InvalidTokenizer` */
export function languageKeys(
  folder: ConvertedFolder,
  { language: arch, tokenizer }: GgufArchitecture,
): readonly GgufKey[] {
  const { config } = folder;
  const json = { ...config, ...object(config['text_config']) };
  const text = new Fields(json, 'config.json');
  const rope = new Fields(
    { rope_theta: json['rope_theta'], ...object(json['rope_scaling']), ...object(json['rope_parameters']) },
    'config.json',
  );
  const vision = new Fields(object(config['vision_config']), 'config.json');
  const headDim = json['head_dim'];
  const deepstack = vision.value('deepstack_visual_indexes');
  return [
    ['general.architecture', 'STRING', arch],
    ['general.type', 'STRING', 'model'],
    ['general.name', 'STRING', folder.name],
    [`${arch}.block_count`, 'UINT32', text.number('num_hidden_layers')],
    [`${arch}.context_length`, 'UINT32', text.number('max_position_embeddings')],
    [`${arch}.embedding_length`, 'UINT32', text.number('hidden_size')],
    [`${arch}.feed_forward_length`, 'UINT32', text.number('intermediate_size')],
    [`${arch}.attention.head_count`, 'UINT32', text.number('num_attention_heads')],
    [`${arch}.attention.head_count_kv`, 'UINT32', text.number('num_key_value_heads')],
    [`${arch}.rope.dimension_sections`, 'ARRAY:INT32', [...rope.numbers('mrope_section'), 0]],
    [`${arch}.rope.freq_base`, 'FLOAT32', rope.number('rope_theta')],
    [`${arch}.attention.layer_norm_rms_epsilon`, 'FLOAT32', text.number('rms_norm_eps')],
    ...(typeof headDim === 'number'
      ? (['key', 'value'] as const).map((part): GgufKey => [
          `${arch}.attention.${part}_length`,
          'UINT32',
          headDim,
        ])
      : []),
    ...(Array.isArray(deepstack)
      ? ([[`${arch}.n_deepstack_layers`, 'UINT32', deepstack.length]] satisfies GgufKey[])
      : []),
    ...vocabularyKeys(folder, text.number('vocab_size'), tokenizer.pre),
    ['general.quantization_version', 'UINT32', QUANTIZATION_VERSION],
  ];
}

interface Added {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** `get_vocab_base` of the converter, and `SpecialVocab` of gguf-py. */
function vocabularyKeys(folder: ConvertedFolder, size: number, pre: string): readonly GgufKey[] {
  const model = object(folder.tokenizer['model']);
  const vocabulary = object(model['vocab']);
  const merges = model['merges'];
  if (Object.keys(vocabulary).length === 0 || !Array.isArray(merges)) {
    throw new NamedError(
      'InvalidTokenizer',
      'its model has no vocabulary with merges',
      { file: 'tokenizer.json' },
      'use the tokenizer.json that was published with the model',
    );
  }
  const tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
  const types = tokens.map((): number => TYPE.unused);
  const place = (id: unknown, content: string, type: number): void => {
    if (typeof id !== 'number' || id >= size) return;
    tokens[id] = content;
    types[id] = type;
  };
  for (const [content, id] of Object.entries(vocabulary)) place(id, content, TYPE.normal);
  for (const { id, content, special } of (folder.tokenizer['added_tokens'] ?? []) as readonly Added[]) {
    const control = special || (content.startsWith('<|') && content.endsWith('|>'));
    place(id, content, control ? TYPE.control : TYPE.userDefined);
  }
  const idOf = (value: unknown): number => {
    const content = typeof value === 'string' ? value : object(value)['content'];
    return typeof content === 'string' ? tokens.indexOf(content) : -1;
  };
  const named: readonly (readonly [string, number])[] = [
    ['eos', idOf(folder.tokenizerConfig['eos_token'])],
    ['padding', idOf(folder.tokenizerConfig['pad_token'])],
    ['bos', idOf('<|endoftext|>')],
  ];
  return [
    ['tokenizer.ggml.model', 'STRING', 'gpt2'],
    ['tokenizer.ggml.pre', 'STRING', pre],
    ['tokenizer.ggml.tokens', 'ARRAY:STRING', tokens],
    ['tokenizer.ggml.token_type', 'ARRAY:INT32', types],
    [
      'tokenizer.ggml.merges',
      'ARRAY:STRING',
      merges.map((merge) => (Array.isArray(merge) ? merge.join(' ') : String(merge))),
    ],
    ...named.flatMap(([name, id]): GgufKey[] =>
      id < 0 ? [] : [[`tokenizer.ggml.${name}_token_id`, 'UINT32', id]],
    ),
    ['tokenizer.ggml.add_bos_token', 'BOOL', false],
    ...(folder.chatTemplate === null
      ? []
      : ([['tokenizer.chat_template', 'STRING', folder.chatTemplate]] satisfies GgufKey[])),
  ];
}

/** Of the tower's own file, the mmproj. @throws NamedError `MissingField` */
export function visionKeys(folder: ConvertedFolder, architecture: GgufArchitecture): readonly GgufKey[] {
  const { config, preprocessor } = folder;
  const json = object(config['vision_config']);
  const vision = new Fields(json, 'config.json');
  const text = new Fields({ ...config, ...object(config['text_config']) }, 'config.json');
  const images = new Fields(preprocessor, 'preprocessor_config.json');
  const renamed = 'embed_dim' in json;
  const limits = new Fields({ ...object(preprocessor['size']), ...preprocessor }, 'preprocessor_config.json');
  const limit = (key: string, ...names: readonly string[]): GgufKey[] => {
    const value = names.map((name) => limits.value(name)).find((one) => typeof one === 'number');
    return value === undefined ? [] : [[`clip.vision.image_${key}_pixels`, 'UINT32', value as number]];
  };
  return [
    ['general.architecture', 'STRING', 'clip'],
    ['general.type', 'STRING', 'mmproj'],
    ['general.name', 'STRING', folder.name],
    ['clip.has_vision_encoder', 'BOOL', true],
    ['clip.projector_type', 'STRING', architecture.projector],
    ['clip.vision.projection_dim', 'UINT32', text.number('hidden_size')],
    ['clip.vision.image_size', 'UINT32', IMAGE_SIZE],
    ['clip.vision.patch_size', 'UINT32', vision.number('patch_size')],
    ['clip.vision.embedding_length', 'UINT32', vision.number(renamed ? 'embed_dim' : 'hidden_size')],
    [
      'clip.vision.feed_forward_length',
      'UINT32',
      vision.number(renamed ? 'hidden_size' : 'intermediate_size'),
    ],
    ['clip.vision.block_count', 'UINT32', vision.number('depth')],
    ['clip.vision.attention.head_count', 'UINT32', vision.number('num_heads')],
    ['clip.vision.image_mean', 'ARRAY:FLOAT32', images.numbers('image_mean')],
    ['clip.vision.image_std', 'ARRAY:FLOAT32', images.numbers('image_std')],
    ['clip.vision.attention.layer_norm_epsilon', 'FLOAT32', text.number('rms_norm_eps')],
    ...limit('min', 'min_pixels', 'shortest_edge'),
    ...limit('max', 'max_pixels', 'longest_edge'),
    ...architecture.visionKeys(vision),
    ['general.quantization_version', 'UINT32', QUANTIZATION_VERSION],
  ];
}
