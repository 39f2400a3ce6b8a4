/** Keys of a `generation_config.json` that carries no `transformers_version`. */
const GENERATION_KEYS = new Set([
  ...['_from_model_config', 'bos_token_id', 'eos_token_id', 'pad_token_id', 'do_sample', 'temperature'],
  ...[
    'top_p',
    'top_k',
    'repetition_penalty',
    'max_new_tokens',
    'max_length',
    'use_cache',
    'attn_implementation',
  ],
]);

const PREPROCESSOR_KEYS = ['image_processor_type', 'image_mean', 'min_pixels', 'max_pixels', 'patch_size'];
/** As many tokens as a vocabulary may have (`vlm/tokenizer-limits.ts`); nothing else has as many keys. */
const MAX_KEYS = 2 ** 20;
const WEIGHT_INDEX_SUFFIX = '.index.json';
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Json = Readonly<Record<string, unknown>>;

/**
 * The file names of a checkpoint with what tells each, first match wins. The cache of the hub drops the names; what
 * transformers writes into these files sets them apart.
 */
const KINDS: readonly (readonly [name: string, tells: (json: Json) => boolean])[] = [
  ['adapter_config.json', (json) => 'peft_type' in json],
  ['config.json', isModelConfig],
  ['tokenizer.json', (json) => isObject(json.model) && ('pre_tokenizer' in json || 'added_tokens' in json)],
  ['processor_config.json', (json) => isObject(json.image_processor) || isObject(json.video_processor)],
  ['video_preprocessor_config.json', (json) => 'video_processor_type' in json],
  ['preprocessor_config.json', (json) => PREPROCESSOR_KEYS.some((key) => key in json)],
  [
    'tokenizer_config.json',
    (json) => 'tokenizer_class' in json || 'added_tokens_decoder' in json || 'model_max_length' in json,
  ],
  ['processor_config.json', (json) => 'processor_class' in json],
  ['chat_template.json', (json) => Object.keys(json).join() === 'chat_template'],
  [
    'generation_config.json',
    (json) => 'transformers_version' in json || Object.keys(json).every((key) => GENERATION_KEYS.has(key)),
  ],
  [
    'special_tokens_map.json',
    (json) => Object.keys(json).every((key) => key.endsWith('_token') || key === 'additional_special_tokens'),
  ],
  ['vocab.json', (json) => allIds(json) && Object.values(json).includes(0)],
  ['added_tokens.json', allIds],
];

/** Trainers' argument files name a model type, too, but no sizes. */
function isModelConfig(json: Json): boolean {
  const sizes = ['text_config', 'vision_config', 'hidden_size', 'num_hidden_layers'];
  return (
    Array.isArray(json.architectures) ||
    (typeof json.model_type === 'string' && sizes.some((key) => key in json))
  );
}

function allIds(json: Json): boolean {
  return Object.values(json).every((value) => Number.isInteger(value));
}

/** The file name under which a checkpoint keeps such a JSON; undefined where it is none of a checkpoint's. */
export function nameOfJson(json: unknown): string | undefined {
  if (!isObject(json)) return undefined;
  const { length: keys } = Object.keys(json);
  if (keys === 0 || keys > MAX_KEYS) return undefined;
  const shards = indexedShards(json);
  if (shards !== undefined) {
    const [first = ''] = shards.values();
    return (first.endsWith('.bin') ? 'pytorch_model.bin' : 'model.safetensors') + WEIGHT_INDEX_SUFFIX;
  }
  return KINDS.find(([, tells]) => tells(json))?.[0];
}

/** Which shard an index gives each tensor; undefined where the JSON is no index. */
export function indexedShards(json: unknown): ReadonlyMap<string, string> | undefined {
  if (!isObject(json) || !isObject(json.weight_map)) return undefined;
  const shards = Object.entries(json.weight_map);
  return new Map(shards.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** A template begins with a statement, an output or a comment; a JSON object never with two such signs. */
const TEMPLATE = /^\s*\{[%{#]/;
/** Pairs of tokens, one a line; in a byte-level vocabulary the letter Ġ stands for a space. */
const MERGES = /^(?:#version:|(?:\S+ \S+\n){3})/;

/** The same of a text that is no JSON, from its first characters. */
export function nameOfText(head: string): string | undefined {
  if (TEMPLATE.test(head)) return 'chat_template.jinja';
  if (MERGES.test(head) && (head.startsWith('#version:') || head.includes('Ġ'))) return 'merges.txt';
  return undefined;
}
