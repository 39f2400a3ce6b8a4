import { PreTrainedTokenizer } from '@huggingface/transformers';
import { overLimit } from '../checkpoint/limits.ts';
import { NamedError } from '../named-error.ts';
import { ARCHITECTURES } from './architectures/list.ts';
import { type ChatMessage, chatMl } from './chat.ts';
import { chatTemplate } from './chat-template.ts';
import {
  type ChatTemplateFiles,
  chatTemplateSources,
  disagreements,
  nonePlain,
} from './chat-template-source.ts';
import { checkDeclaredTokens } from './declared-tokens.ts';
import { JsonFields } from './json-fields.ts';
import { checkTokenizerJson, MAX_ADDITIONAL_TOKENS } from './tokenizer-limits.ts';
import { type TextStream, textStream } from './text-stream.ts';

/** A checkpoint folder's own files, parsed; undefined where the folder has none. */
export interface TokenizerFiles extends ChatTemplateFiles {
  readonly tokenizerJson: unknown;
  /** added_tokens.json. */
  readonly addedTokens?: unknown;
  /** `model_type` of config.json: whose layout a folder without a template gets. */
  readonly modelType?: unknown;
}

export interface DecodeOptions {
  /** Leave out control tokens such as <|im_end|>. */
  readonly skipSpecial: boolean;
}

/** From tokens to text, with nothing in it that a folder could make run for long. */
export interface TokenDecoder {
  /** Ids that no token has (the padding at the end of the embedding) give no text. */
  decode(ids: readonly number[], options: DecodeOptions): string;
  streamDecoder(options: DecodeOptions): TextStream;
}

export interface Tokenizer extends TokenDecoder {
  readonly notices: readonly string[];
  /** Where the chat template stands, for errors about it. */
  readonly templateFile: string;
  /** Control tokens written out in `text` become those tokens, as in transformers. */
  encode(text: string): number[];
  /** The prompt as text, one placeholder per image. @throws InvalidChatTemplate, ImageTokenMismatch */
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: { readonly addGenerationPrompt: boolean },
  ): string;
}

/**
 * The tokenizer and chat template of a checkpoint, from files in memory; nothing is fetched.
 *
 * @param onFile told which file is at work, before it is
 * @throws MissingTokenizer when the folder has no tokenizer.json.
 * @throws InvalidTokenizer, InvalidConfig when a file cannot be used; OverLimit when it asks for too much.
 */
export function createTokenizer(files: TokenizerFiles, onFile: (file: string) => void = nobody): Tokenizer {
  const sources = chatTemplateSources(files);
  const [source] = sources;
  onFile(source?.file ?? TOKENIZER);
  const template = source && chatTemplate(source, specialTokens(files.tokenizerConfig));
  onFile(TOKENIZER);
  const tokenizer = construct(files);
  const { title, defaultSystem } =
    ARCHITECTURES.find(({ modelType }) => modelType === files.modelType) ?? ARCHITECTURES[0];
  return {
    notices:
      template === undefined
        ? [nonePlain(files, `${title}'s usual layout (ChatML)`)]
        : [...disagreements(sources), ...template.notices],
    templateFile: template?.file ?? 'chat template',
    encode: (text) => {
      onFile(TOKENIZER);
      return text === '' ? [] : tokenizer.encode(text);
    },
    applyChatTemplate: (messages, { addGenerationPrompt }) => {
      if (template === undefined) return chatMl(messages, addGenerationPrompt, defaultSystem);
      onFile(template.file);
      return template.render(messages, addGenerationPrompt);
    },
    ...decoderOf(tokenizer),
  };
}

/**
 * The decoder of a checkpoint alone: neither its patterns nor its merges are made ready.
 *
 * @throws MissingTokenizer, InvalidTokenizer, UnsupportedTokenizer, InvalidConfig, OverLimit as `createTokenizer`
 */
export function createTokenDecoder(
  files: Pick<TokenizerFiles, 'tokenizerJson' | 'tokenizerConfig'>,
): TokenDecoder {
  const json = files.tokenizerJson;
  if (typeof json !== 'object' || json === null) return decoderOf(construct(files));
  const model = 'model' in json ? json.model : undefined;
  const isBytePair = typeof model === 'object' && model !== null && 'merges' in model;
  checkTokenizerJson(json);
  return decoderOf(
    constructChecked({
      ...files,
      tokenizerJson: {
        ...json,
        ...{ normalizer: null, pre_tokenizer: null, post_processor: null },
        model: isBytePair ? { ...model, merges: [] } : model,
      },
    }),
  );
}

function decoderOf(tokenizer: PreTrainedTokenizer): TokenDecoder {
  const decode = (ids: readonly number[], { skipSpecial }: DecodeOptions): string =>
    ids.length === 0 ? '' : tokenizer.decode([...ids], { skip_special_tokens: skipSpecial });
  return { decode, streamDecoder: (options) => textStream((ids) => decode(ids, options)) };
}

const TOKENIZER = 'tokenizer.json';

const nobody = (): void => undefined;

/** What of a folder's files a tokenizer is made of. */
type OwnFiles = Pick<TokenizerFiles, 'tokenizerJson' | 'tokenizerConfig' | 'addedTokens'>;

function construct(files: OwnFiles): PreTrainedTokenizer {
  if (files.tokenizerJson === undefined) {
    throw new NamedError(
      'MissingTokenizer',
      'the folder has no tokenizer.json',
      { file: 'tokenizer.json' },
      'Add tokenizer.json and tokenizer_config.json of the model this checkpoint was made from; where vocab.json and ' +
        'merges.txt are there, AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes it.',
    );
  }
  checkTokenizerJson(files.tokenizerJson);
  return constructChecked(files);
}

/** Of a tokenizer.json that was held against its limits. */
function constructChecked({ tokenizerJson, tokenizerConfig, addedTokens }: OwnFiles): PreTrainedTokenizer {
  checkDeclaredTokens(tokenizerJson, tokenizerConfig, addedTokens);
  const settings = ownSettings(tokenizerConfig);
  try {
    return new PreTrainedTokenizer(tokenizerJson as object, settings);
  } catch (cause) {
    throw new NamedError(
      'InvalidTokenizer',
      `tokenizer.json cannot be used: ${reason(cause)}`,
      { file: 'tokenizer.json' },
      'Use the tokenizer.json of the model this checkpoint was made from.',
      { cause },
    );
  }
}

const TOKEN_NAMES = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;

/** A token is written as a string or as an object with its `content`. */
const tokenText = (token: unknown): unknown =>
  typeof token === 'object' && token !== null && 'content' in token ? token.content : token;

/**
 * What of tokenizer_config.json bears on encoding and decoding. Tokens come as plain strings or as objects with their
 * `content`, of which the library accepts only some.
 */
function ownSettings(tokenizerConfig: unknown): object {
  const fields = new JsonFields(tokenizerConfig ?? {}, 'tokenizer_config.json');
  const additional = fields.raw('additional_special_tokens');
  if (Array.isArray(additional) && additional.length > MAX_ADDITIONAL_TOKENS) {
    throw overLimit('additional special tokens', additional.length, MAX_ADDITIONAL_TOKENS, {
      file: 'tokenizer_config.json',
      field: 'additional_special_tokens',
    });
  }
  const named = ['bos_token', 'eos_token', 'pad_token', 'unk_token'].filter((name) => fields.has(name));
  return {
    ...Object.fromEntries(named.map((name) => [name, tokenText(fields.raw(name))])),
    additional_special_tokens: Array.isArray(additional) ? additional.map(tokenText) : [],
    // The library's default is true, that of transformers false.
    clean_up_tokenization_spaces: fields.boolean('clean_up_tokenization_spaces', false),
  };
}

/** Tokens a template can name, as transformers hands them over: bos_token, eos_token, image_token, … */
function specialTokens(tokenizerConfig: unknown): Readonly<Record<string, string>> {
  const config = new JsonFields(tokenizerConfig ?? {}, 'tokenizer_config.json');
  const extra = config.raw('extra_special_tokens');
  const named =
    typeof extra === 'object' && extra !== null && !Array.isArray(extra) ? Object.entries(extra) : [];
  const known = TOKEN_NAMES.map((name) => [name, config.raw(name)] as const);
  return Object.fromEntries(
    [...known, ...named].flatMap(([name, token]) => {
      const text = tokenText(token);
      return typeof text === 'string' ? [[name, text] as const] : [];
    }),
  );
}

/** What JavaScript says of values it does not expect tells a person nothing. */
export function reason(cause: unknown): string {
  if (cause instanceof TypeError || cause instanceof RangeError)
    return 'a part of it is not of the kind that belongs there';
  return cause instanceof Error ? cause.message : String(cause);
}
