import { COMMON, IMAGE, IMAGE_READING, MODEL, PROMPT } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'next-token logits at the last position',
  writes: 'json',
  flags: {
    model: MODEL,
    prompt: PROMPT,
    image: IMAGE,
    ablate: { kind: 'integer', minimum: 0, help: 'decoder layer to switch off' },
    hidden: { kind: 'switch', help: 'also the hidden states after each layer' },
    ...IMAGE_READING,
    ...COMMON,
  },
};
