import type { Dialect, RemoteReply } from './dialect.ts';
import { badReply, count, errorOf, type Fields, fields, text } from './fields.ts';

/** Chat completions, as OpenAI, vLLM, llama.cpp, Ollama and many others speak it; images as data URLs. */
export const OPENAI: Dialect = {
  // Servers on one's own machine often want no key.
  headers: (key) => (key === '' ? {} : { Authorization: `Bearer ${key}` }),

  body: ({ model, temperature, limitField }, { system, prompt, images, maxNewTokens }) => ({
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      {
        role: 'user',
        content: [
          ...images.map(({ mediaType, base64 }) => ({
            type: 'image_url',
            image_url: { url: `data:${mediaType};base64,${base64}` },
          })),
          { type: 'text', text: prompt },
        ],
      },
    ],
    [limitField]: maxNewTokens,
    ...(temperature === null ? {} : { temperature }),
    stream: false,
  }),

  reply(json): RemoteReply {
    const { choices, usage } = fields(json);
    const [choice] = Array.isArray(choices) ? choices.map(fields) : [];
    if (!choice) throw badReply('it has no choices');
    const message = fields(choice['message']);
    const counts = {
      ...count('promptTokens', fields(usage)['prompt_tokens']),
      ...count('tokens', fields(usage)['completion_tokens']),
    };
    const refusal = text(message['refusal']);
    if (refusal) return { text: refusal, stop: 'refused', ...counts };
    const said = content(message);
    const reason = choice['finish_reason'];
    if (reason === 'content_filter') return { text: said ?? '', stop: 'refused', ...counts };
    if (said === undefined) throw badReply('its message has no text');
    return { text: said, stop: reason === 'length' ? 'length' : 'end', ...counts };
  },

  refusal(json) {
    const { code, message } = errorOf(json);
    return code === 'content_filter' || code === 'content_policy_violation' ? (message ?? '') : undefined;
  },
};

/** A text, or parts of which some are text. Null is an empty answer: all tokens went into unseen thoughts. */
function content({ content: found }: Fields): string | undefined {
  if (found === null) return '';
  if (!Array.isArray(found)) return text(found);
  return found.map((part) => text(fields(part)['text']) ?? '').join('');
}
