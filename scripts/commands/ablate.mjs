import {
  COLUMNS,
  COMMON,
  IMAGE_READING,
  LAYERS,
  MAX_NEW_TOKENS,
  MODEL,
  OUT_FOLDER,
  RESTART,
  SAMPLES,
  SHARD,
} from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'zero ablation of each layer on problems',
  writes: 'folder',
  flags: {
    model: MODEL,
    problems: {
      kind: 'data',
      required: true,
      help: 'JSONL, Parquet, TSV or CSV: GSM8K, MATH-500, RL data, visual questions',
    },
    columns: COLUMNS,
    samples: SAMPLES,
    layers: LAYERS,
    parts: {
      kind: 'text',
      repeated: true,
      pattern: /^(layer|attention|mlp)$/,
      example: 'attention',
      help: 'what is left out: layer, attention, mlp (default: layer)',
    },
    set: { ...LAYERS, repeated: true, example: '0-3', help: 'layers left out together; may be repeated' },
    system: { kind: 'text', help: "system prompt (default: the chat template's own)" },
    prefix: { kind: 'text', help: 'text before each question' },
    'max-new-tokens': { ...MAX_NEW_TOKENS, value: 2048 },
    rows: {
      kind: 'integer',
      minimum: 1,
      help: 'answers at once, of several problems (default: 104, or what memory holds)',
    },
    shard: SHARD,
    restart: RESTART,
    ...IMAGE_READING,
    ...COMMON,
    seed: { kind: 'integer', minimum: 0, help: 'of the choice of samples', value: 123 },
    out: OUT_FOLDER,
  },
};
