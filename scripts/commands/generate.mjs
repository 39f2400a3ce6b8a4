import {
  COMMON,
  IMAGE,
  IMAGE_READING,
  MAX_NEW_TOKENS,
  MODEL,
  PROMPT,
  REPETITION_PENALTY,
} from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'an answer to a prompt',
  writes: 'json',
  flags: {
    model: MODEL,
    prompt: PROMPT,
    image: IMAGE,
    system: { kind: 'text', help: 'system prompt' },
    'max-new-tokens': MAX_NEW_TOKENS,
    temperature: { kind: 'number', minimum: 0, help: '0 is greedy', value: 0 },
    'repetition-penalty': REPETITION_PENALTY,
    ...IMAGE_READING,
    ...COMMON,
  },
};
