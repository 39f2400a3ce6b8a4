import type { Dialect, RemoteReply } from './dialect.ts';
import { badReply, count, fields, text } from './fields.ts';

const VERSION = '2023-06-01';

/** Anthropic's messages; images as base64 blocks before the text. */
export const ANTHROPIC: Dialect = {
  headers: (key) => ({
    ...(key === '' ? {} : { 'x-api-key': key }),
    'anthropic-version': VERSION,
    // The service answers pages only to those who say that the key is the user's own.
    'anthropic-dangerous-direct-browser-access': 'true',
  }),

  body: ({ model, temperature }, { system, prompt, images, maxNewTokens }) => ({
    model,
    max_tokens: maxNewTokens,
    ...(system === undefined ? {} : { system }),
    messages: [
      {
        role: 'user',
        content: [
          ...images.map(({ mediaType, base64 }) => ({
            type: 'image',
            source: { type: 'base64', media_type: mediaType, data: base64 },
          })),
          { type: 'text', text: prompt },
        ],
      },
    ],
    ...(temperature === null ? {} : { temperature }),
  }),

  reply(json): RemoteReply {
    const { content, stop_reason: reason, usage } = fields(json);
    if (!Array.isArray(content)) throw badReply('it has no content');
    const said = content
      .map(fields)
      .filter(({ type }) => type === 'text')
      .map((block) => text(block['text']) ?? '')
      .join('');
    const stop = reason === 'refusal' ? 'refused' : reason === 'max_tokens' ? 'length' : 'end';
    return {
      text: said,
      stop,
      ...count('promptTokens', fields(usage)['input_tokens']),
      ...count('tokens', fields(usage)['output_tokens']),
    };
  },

  refusal: () => undefined,
};
