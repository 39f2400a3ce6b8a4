import { NamedError } from '../named-error.ts';
import { architectureOf } from './architecture.ts';
import { type ChatMessage, messageText } from './chat.ts';
import type { VlmConfig } from './config.ts';
import { type ImageGrid, imageTokens } from './image-grid.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface PromptInput {
  readonly tokenizer: Tokenizer;
  readonly config: VlmConfig;
  readonly messages: readonly ChatMessage[];
  /** One for each image of the messages, in their order. */
  readonly grids: readonly ImageGrid[];
  /** Tokens the prompt may take; default: the model's context. */
  readonly contextLength?: number;
}

export interface Prompt {
  readonly inputIds: readonly number[];
  /** Where each image's tokens are. */
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
}

/**
 * Messages → token ids: the chat template with its generation prompt, each image placeholder repeated once for every token
 * of its image. Placeholders are a matter between template and images: where a person's text contains one,
 * it is refused, for it would stand for an image that is not there. Other control tokens in the text are encoded
 * as those tokens, as transformers does.
 *
 * @throws EmptyPrompt when no user message has text.
 * @throws ReservedToken when a message contains an image or video placeholder.
 * @throws PromptTooLong when the prompt exceeds the context.
 * @throws TokenizerMismatch when tokenizer and config disagree about tokens.
 * @throws ImageTokenMismatch when the template does not place every image.
 */
export function buildPrompt({ tokenizer, config, messages, grids, contextLength }: PromptInput): Prompt {
  checkText(tokenizer, config, messages);
  const rendered = tokenizer.encode(tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true }));
  if (rendered.length === 0) {
    throw new NamedError(
      'InvalidChatTemplate',
      'the chat template makes an empty prompt',
      { file: tokenizer.templateFile },
      'Use the chat template of the model this checkpoint was made from.',
    );
  }
  const foreign = rendered.find((id) => !(id < config.text.vocabSize));
  if (foreign !== undefined) {
    throw mismatch(`the tokenizer gives token ${foreign}, the model knows ${config.text.vocabSize}`);
  }
  const places = rendered.filter((id) => id === config.tokens.image).length;
  if (places !== grids.length) {
    throw new NamedError(
      'ImageTokenMismatch',
      `the prompt has places for ${places} images, ${grids.length} were given`,
      { file: tokenizer.templateFile },
      `Use the chat template of ${architectureOf(config).title}, which places every image.`,
    );
  }
  const counts = grids.map((grid) => imageTokens(grid, config.vision.spatialMergeSize));
  const inImages = counts.reduce((sum, count) => sum + count, 0);
  const limit = contextLength ?? config.text.maxPositionEmbeddings;
  const length = rendered.length - places + inImages;
  // Before the ids are expanded: an image can be asked to take millions.
  if (length > limit) {
    throw new NamedError(
      'PromptTooLong',
      `the prompt takes ${length} tokens, ${inImages} of them for images; the context holds ${limit}`,
      {},
      inImages > length / 2 ? 'Scale the image down or give fewer.' : 'Shorten the text.',
    );
  }
  const inputIds: number[] = [];
  const imageSpans: [number, number][] = [];
  for (const id of rendered) {
    const count = id === config.tokens.image ? (counts[imageSpans.length] ?? 0) : 1;
    if (id === config.tokens.image) imageSpans.push([inputIds.length, count]);
    for (let i = 0; i < count; i++) inputIds.push(id);
  }
  return { inputIds, imageSpans };
}

function checkText(tokenizer: Tokenizer, config: VlmConfig, messages: readonly ChatMessage[]): void {
  const asked = messages.filter(({ role }) => role === 'user').map(messageText);
  if (asked.every((text) => text.trim() === '')) {
    throw new NamedError('EmptyPrompt', 'the prompt is empty', { field: 'prompt' }, 'Write a question.');
  }
  for (const name of ['image', 'video'] as const) {
    const id = config.tokens[name];
    const placeholder = tokenizer.decode([id], { skipSpecial: false });
    if (placeholder === '') {
      throw mismatch(`the tokenizer has no token ${id}, the ${name} placeholder of config.json`);
    }
    if (messages.some((message) => messageText(message).includes(placeholder))) {
      throw new NamedError(
        'ReservedToken',
        `the text contains ${placeholder}, which stands for an ${name === 'image' ? 'image' : 'embedded video'}`,
        {},
        'Take it out of the text; images are placed by themselves.',
      );
    }
  }
}

function mismatch(what: string): NamedError {
  return new NamedError(
    'TokenizerMismatch',
    what,
    { file: 'tokenizer.json' },
    'Use the tokenizer files that were published with the checkpoint.',
  );
}
