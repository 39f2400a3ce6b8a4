import { COLUMNS, COMMON, IMAGE_READING, MAX_NEW_TOKENS, RESTART, SAMPLES } from './flags.mjs';

/**
 * Of commands that ask questions with right answers. Answers are kept: a rerun is served from them.
 * @type {Readonly<Record<string, import('../../commands.mjs').Flag>>}
 */
export const EVALUATION = {
  items: {
    kind: 'data',
    help: 'folder of questions (JSONL, Parquet, TSV, CSV) and their images, or one list (default: the app’s own)',
  },
  columns: COLUMNS,
  samples: { ...SAMPLES, help: 'how many of each set (default: all)' },
  style: {
    kind: 'choice',
    choices: ['reasoner', 'revisual', 'none', 'demo'],
    help: 'how questions are put, the same for every model (default: demo for demo:NAME, else reasoner)',
  },
  'max-new-tokens': { ...MAX_NEW_TOKENS, help: 'where an answer is cut (default: 2048; demo 160)' },
  restart: RESTART,
  ...IMAGE_READING,
  ...COMMON,
  seed: { kind: 'integer', minimum: 0, help: 'of the choice of samples', value: 123 },
};
