import { PreTrainedTokenizer } from '@huggingface/transformers';
import { NamedError } from '../named-error.ts';
import { type ChatMessage, chatMl } from './chat.ts';
import { JsonFields } from './json-fields.ts';
import { type TextStream, textStream } from './text-stream.ts';

/** A checkpoint folder's own files, parsed; undefined where the folder has none. */
export interface TokenizerFiles {
  readonly tokenizerJson: unknown;
  readonly tokenizerConfig?: unknown;
  /** `chat_template.jinja` as text. Wins over the two other places, as in transformers. */
  readonly chatTemplateJinja?: string | undefined;
  readonly chatTemplateJson?: unknown;
}

export interface DecodeOptions {
  /** Leave out control tokens such as <|im_end|>. */
  readonly skipSpecial: boolean;
}

export interface Tokenizer {
  readonly notices: readonly string[];
  /** Control tokens written out in `text` become those tokens, as in transformers. */
  encode(text: string): number[];
  /** Ids that no token has (the padding at the end of the embedding) give no text. */
  decode(ids: readonly number[], options: DecodeOptions): string;
  /** The prompt as text, one placeholder per image. @throws InvalidChatTemplate */
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: { readonly addGenerationPrompt: boolean },
  ): string;
  streamDecoder(options: DecodeOptions): TextStream;
}

/**
 * The tokenizer and chat template of a checkpoint, from files in memory; nothing is fetched.
 *
 * @throws MissingTokenizer when the folder has no tokenizer.json.
 * @throws InvalidTokenizer, InvalidConfig when a file cannot be used.
 */
export function createTokenizer(files: TokenizerFiles): Tokenizer {
  const template = chatTemplate(files);
  const tokenizer = construct(files);
  const decode = (ids: readonly number[], { skipSpecial }: DecodeOptions): string =>
    ids.length === 0 ? '' : tokenizer.decode([...ids], { skip_special_tokens: skipSpecial });
  return {
    notices:
      template === undefined
        ? ["The folder has no chat template: Qwen2.5-VL's usual layout (ChatML) is used."]
        : [],
    encode: (text) => (text === '' ? [] : tokenizer.encode(text)),
    decode,
    applyChatTemplate(messages, { addGenerationPrompt }) {
      if (template === undefined) return chatMl(messages, addGenerationPrompt);
      try {
        return tokenizer.apply_chat_template(
          messages.map(({ role, content }) => ({
            role,
            content: typeof content === 'string' ? content : [...content],
          })),
          { chat_template: template, add_generation_prompt: addGenerationPrompt, tokenize: false },
        );
      } catch (cause) {
        throw new NamedError(
          'InvalidChatTemplate',
          `the chat template cannot be rendered: ${reason(cause)}`,
          { file: 'chat template' },
          'Use the chat template of the model this checkpoint was made from.',
          { cause },
        );
      }
    },
    streamDecoder: (options) => textStream((ids) => decode(ids, options)),
  };
}

function construct({ tokenizerJson, tokenizerConfig }: TokenizerFiles): PreTrainedTokenizer {
  if (tokenizerJson === undefined) {
    throw new NamedError(
      'MissingTokenizer',
      'the folder has no tokenizer.json',
      { file: 'tokenizer.json' },
      'Add tokenizer.json and tokenizer_config.json of the model this checkpoint was made from.',
    );
  }
  try {
    return new PreTrainedTokenizer(tokenizerJson, ownSettings(tokenizerConfig));
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

/**
 * What of tokenizer_config.json bears on encoding and decoding. Tokens come as plain strings or as objects with their
 * `content`, of which the library accepts only some.
 */
function ownSettings(tokenizerConfig: unknown): object {
  const fields = new JsonFields(tokenizerConfig ?? {}, 'tokenizer_config.json');
  const text = (token: unknown): unknown =>
    typeof token === 'object' && token !== null && 'content' in token ? token.content : token;
  const additional = fields.raw('additional_special_tokens');
  const named = ['bos_token', 'eos_token', 'pad_token', 'unk_token'].filter((name) => fields.has(name));
  return {
    ...Object.fromEntries(named.map((name) => [name, text(fields.raw(name))])),
    additional_special_tokens: Array.isArray(additional) ? additional.map(text) : [],
    // The library's default is true, that of transformers false.
    clean_up_tokenization_spaces: fields.boolean('clean_up_tokenization_spaces', false),
  };
}

function chatTemplate({
  tokenizerConfig,
  chatTemplateJson,
  chatTemplateJinja,
}: TokenizerFiles): string | undefined {
  if (chatTemplateJinja !== undefined) return chatTemplateJinja;
  const places: readonly (readonly [unknown, string])[] = [
    [chatTemplateJson, 'chat_template.json'],
    [tokenizerConfig, 'tokenizer_config.json'],
  ];
  for (const [json, file] of places) {
    const fields = new JsonFields(json ?? {}, file);
    const template = fields.raw('chat_template');
    // Several named templates: the one called default is for plain chat.
    if (Array.isArray(template)) {
      const entries = template.map((entry) => new JsonFields(entry, file, 'chat_template'));
      const plain = entries.find((entry) => entry.string('name') === 'default');
      if (plain !== undefined) return plain.string('template');
    } else if (template !== undefined) {
      return fields.string('chat_template');
    }
  }
  return undefined;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
