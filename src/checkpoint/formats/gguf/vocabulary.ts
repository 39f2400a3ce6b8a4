/** tokenizer.json and its like, made of the vocabulary in a GGUF file. */
import { NamedError } from '../../../named-error.ts';
import { BYTE_PAIRS } from './architectures/byte-pairs.ts';
import type { GgufMetadata } from './metadata.ts';

type Json = Readonly<Record<string, unknown>>;

/** `tokenizer.ggml.token_type` of what is no padding. */
const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;

const KEY = 'tokenizer.ggml.';

/** Ids that config.json names, by the tokens' texts. */
const NAMED = {
  image_token_id: '<|image_pad|>',
  video_token_id: '<|video_pad|>',
  vision_start_token_id: '<|vision_start|>',
  vision_end_token_id: '<|vision_end|>',
} as const;
/** Tokens that end an answer besides the one that the file names: llama.cpp takes them by their texts. */
const ENDS = ['<|im_end|>', '<|endoftext|>'] as const;

export interface GgufVocabulary {
  /** Fields of config.json. */
  readonly special: Json;
  /** generation_config.json. */
  readonly generation: Json;
  /** tokenizer.json and tokenizer_config.json; null where the file's tokenizer is none that is known here. */
  readonly tokenizer: { readonly json: Json; readonly config: Json } | null;
  /** Why not. */
  readonly unknown: string | null;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** @throws NamedError `InvalidMetadata` for lists that do not belong together, `InvalidTokenizer` for a token twice */
export function readVocabulary(metadata: GgufMetadata): GgufVocabulary {
  const tokens = metadata.texts(`${KEY}tokens`) ?? [];
  const types = metadata.numbers(`${KEY}token_type`) ?? tokens.map(() => NORMAL);
  if (types.length !== tokens.length) {
    throw metadata.wrong(`${KEY}token_type`, `a list of ${tokens.length}, one for each token`);
  }
  const ids = new Map<string, number>();
  const vocab = new Map<string, number>();
  const added: AddedToken[] = [];
  for (const [id, content] of tokens.entries()) {
    const type = types[id];
    if (type !== NORMAL && type !== CONTROL && type !== USER_DEFINED) continue;
    if (ids.has(content)) throw twice(metadata.file, content);
    ids.set(content, id);
    if (type === NORMAL) vocab.set(content, id);
    else added.push({ id, content, special: type === CONTROL && !BYTE_PAIRS.shown.test(content) });
  }
  const token = (name: string): number | undefined => {
    const id = metadata.index(`${KEY}${name}_token_id`);
    if (id === undefined || id < tokens.length) return id;
    throw metadata.wrong(`${KEY}${name}_token_id`, `a token's id, below ${tokens.length}`);
  };
  const [bos, eos, pad] = [token('bos'), token('eos'), token('padding')];
  const ends = new Set([eos, ...ENDS.map((text) => ids.get(text))].filter((id) => id !== undefined));
  const text = (id: number | undefined): string | null => (id === undefined ? null : (tokens[id] ?? null));
  const unknown = whyUnknown(metadata, tokens);
  const named = Object.entries(NAMED).flatMap(([name, content]) => {
    const id = ids.get(content);
    return id === undefined ? [] : [[name, id] as const];
  });
  const bosField = bos === undefined ? {} : { bos_token_id: bos };
  return {
    special: {
      ...Object.fromEntries(named),
      ...bosField,
      ...(eos === undefined ? {} : { eos_token_id: eos }),
    },
    generation: { ...bosField, ...(ends.size > 0 ? { eos_token_id: [...ends] } : {}) },
    unknown,
    tokenizer:
      unknown === null
        ? {
            json: tokenizerJson(vocab, metadata.texts(`${KEY}merges`) ?? [], added),
            config: tokenizerConfig(metadata, added, { eos: text(eos), pad: text(pad) }),
          }
        : null,
  };
}

/** A sentence's end: why no tokenizer is made. */
function whyUnknown(metadata: GgufMetadata, tokens: readonly string[]): string | null {
  if (tokens.length === 0) return 'the file holds no vocabulary';
  const model = metadata.text(`${KEY}model`) ?? 'unnamed';
  const pre = metadata.text(`${KEY}pre`) ?? 'unnamed';
  if (model === 'gpt2' && pre === BYTE_PAIRS.pre) return null;
  return `its tokenizer is ${model}, cut as ${pre}; read is gpt2, cut as ${BYTE_PAIRS.pre}`;
}

function tokenizerJson(
  vocab: ReadonlyMap<string, number>,
  merges: readonly string[],
  added: readonly AddedToken[],
): Json {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  const split = {
    type: 'Split',
    pattern: { Regex: BYTE_PAIRS.pattern },
    behavior: 'Isolated',
    invert: false,
  };
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map(({ id, content, special }) => ({ id, content, ...plain, special })),
    normalizer: { type: 'NFC' },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [split, byteLevel] },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab),
      merges,
    },
  };
}

function tokenizerConfig(
  metadata: GgufMetadata,
  added: readonly AddedToken[],
  { eos, pad }: { readonly eos: string | null; readonly pad: string | null },
): Json {
  const template = metadata.text('tokenizer.chat_template');
  const special = added.filter((token) => token.special).map(({ content }) => content);
  return {
    add_bos_token: false,
    add_prefix_space: false,
    additional_special_tokens: special.filter((content) => content !== pad),
    bos_token: null,
    clean_up_tokenization_spaces: false,
    eos_token: eos,
    errors: 'replace',
    pad_token: pad,
    split_special_tokens: false,
    tokenizer_class: BYTE_PAIRS.tokenizerClass,
    unk_token: null,
    ...(template === undefined ? {} : { chat_template: template }),
  };
}

function twice(file: string, token: string): NamedError {
  return new NamedError(
    'InvalidTokenizer',
    `the token ${JSON.stringify(token)} stands twice in the vocabulary`,
    { file, field: `${KEY}tokens` },
    'convert the model again',
  );
}
