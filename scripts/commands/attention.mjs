import {
  CHECKPOINT,
  COLUMNS,
  COMMON,
  IMAGE_READING,
  MAX_NEW_TOKENS,
  RESTART,
  SAMPLES,
} from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'attention of generated tokens onto the image, IN against RL',
  writes: 'json',
  flags: {
    in: { ...CHECKPOINT, required: true, help: `IN: ${CHECKPOINT.help}` },
    rl: { ...CHECKPOINT, required: true, help: `RL: ${CHECKPOINT.help}` },
    items: {
      kind: 'data',
      required: true,
      help: 'visual questions: JSONL, TSV or CSV beside the images, or Parquet',
    },
    columns: COLUMNS,
    samples: SAMPLES,
    running: {
      kind: 'choice',
      choices: ['teacher-forced', 'free'],
      help: "both read one model's answer, or each its own",
      value: 'teacher-forced',
    },
    'forced-by': { kind: 'choice', choices: ['in', 'rl'], help: 'whose answer both read', value: 'in' },
    'only-think': { kind: 'switch', help: 'only tokens within <think>…</think>' },
    restart: RESTART,
    heads: { kind: 'switch', help: 'also the mass of every head' },
    system: { kind: 'text', help: "system prompt (default: the chat template's own)" },
    'max-new-tokens': { ...MAX_NEW_TOKENS, value: 512 },
    ...IMAGE_READING,
    ...COMMON,
    seed: { kind: 'integer', minimum: 0, help: 'of the choice of samples', value: 123 },
  },
};
