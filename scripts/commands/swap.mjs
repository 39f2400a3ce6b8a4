import {
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
  help: 'visual-token swap, layer by layer',
  writes: 'folder',
  flags: {
    model: MODEL,
    pairs: { kind: 'data', required: true, help: 'folder of <task>/data.jsonl and <task>/images/' },
    tasks: {
      kind: 'text',
      repeated: true,
      pattern: /^(ocr|counting|grounding|recognition)$/,
      example: 'ocr',
      help: 'ocr, counting, grounding, recognition (default: all)',
    },
    layers: LAYERS,
    samples: { ...SAMPLES, help: 'pairs of each task, the first ones (default: all)' },
    mode: {
      kind: 'choice',
      choices: ['single', 'from-layer'],
      help: 'swap one layer, or it and all after it',
      value: 'single',
    },
    definition: {
      kind: 'choice',
      choices: ['paper', 'reference'],
      help: 'of "changed"; both are always recorded',
      value: 'paper',
    },
    'literal-image': {
      kind: 'choice',
      choices: ['strip', 'keep'],
      help: 'a literal <image> at the beginning of a prompt',
      value: 'strip',
    },
    'answer-source': { kind: 'switch', help: "also ask for the model's own answer to the source image" },
    'max-new-tokens': { ...MAX_NEW_TOKENS, value: 64 },
    rows: {
      kind: 'integer',
      minimum: 1,
      help: 'answers at once, of several pairs (default: 104, or what memory holds)',
    },
    shard: SHARD,
    restart: RESTART,
    ...IMAGE_READING,
    ...COMMON,
    out: OUT_FOLDER,
  },
};
