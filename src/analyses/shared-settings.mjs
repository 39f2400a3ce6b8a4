/** Settings that several analyses have, and what is said of them. */

/** @import {IntegerSetting} from './declaration.ts' */

/** Any models, at least one: the family's by their roles, others after their folders. */
export const ANY_MODELS = /** @type {const} */ ({
  base: { role: 'Base' },
  in: { role: 'IN' },
  rl: { role: 'RL' },
  model: { repeated: true },
});

/**
 * Where an answer is cut, in tokens.
 * @param {number} value
 * @param {number} [first]
 * @returns {IntegerSetting & {readonly value: number}}
 */
export function maxNewTokens(value, first) {
  return { kind: 'integer', minimum: 1, value, form: 'more', ...(first === undefined ? {} : { first }) };
}

/** How many samples are drawn, and by which seed: as NumPy's `RandomState(seed).choice` does. */
export const DRAWN = /** @type {const} */ ({
  samples: { kind: 'integer', minimum: 1, value: null, first: 50, form: 'main', draws: true },
  seed: { kind: 'integer', minimum: 0, maximum: 4294967295, value: 123, form: 'more', draws: true },
});

/** How questions with right answers are put, and how many of each set; the style and the limit depend on who is asked where they are open. */
export const EVALUATED = /** @type {const} */ ({
  ...DRAWN,
  style: { kind: 'choice', choices: ['reasoner', 'revisual', 'none', 'demo'], value: null, form: 'main' },
  maxNewTokens: { kind: 'integer', minimum: 1, value: null, formMaximum: 32_768, form: 'main' },
});

/** Where Early and Mid end; null for thirds. */
export const CUTS = /** @type {const} */ ({
  kind: 'text',
  pattern: /^\d+,\d+$/,
  example: '9,18',
  value: null,
});

export const SYSTEM = /** @type {const} */ ({ kind: 'text', value: null });

/** What becomes of the image features that DeepStack adds after the first layers; its choices are an analysis's own. */
export const INJECTION = /** @type {const} */ ({
  kind: 'choice',
  value: 'kept',
  form: 'main',
  ofInjection: true,
});

/** Rows that are answered together; null leaves it to the memory estimate. */
export const ROWS = /** @type {const} */ ({
  kind: 'integer',
  minimum: 1,
  maximum: 1000,
  value: null,
  form: 'more',
});

/** Of every analysis of updates: what is subtracted from what, and how. */
export const COMPARISON = /** @type {const} */ ({
  reference: { kind: 'checkpoint', choices: ['base', 'in'], form: 'more' },
  rlFrom: { kind: 'choice', choices: ['in', 'base'], value: 'in', form: 'more' },
  rounding: { kind: 'choice', choices: ['stored', 'reference'], value: 'stored', form: 'more' },
  outside: { kind: 'switch', form: 'more' },
});

/** Of spectra: what is drawn at random is drawn with it. */
export const SPECTRA_SEED = /** @type {const} */ ({
  kind: 'integer',
  minimum: 0,
  maximum: 2 ** 31 - 1,
  value: 0,
  form: 'more',
});

export const COMPARISON_WORDS = {
  reference: {
    help: 'what further checkpoints are compared with (default: in)',
    label: 'Further checkpoints against',
  },
  rlFrom: {
    help: 'RL − IN, or RL − Base',
    ...{ label: "RL's update", names: { in: 'RL − IN', base: 'RL − Base' } },
  },
  rounding: {
    help: 'subtract stored values in float32, or cast to float16 and subtract there, as the reference does',
    ...{ label: 'Subtract', names: { stored: 'Stored values', reference: 'Reference rounding' } },
    titles: {
      stored: 'In float32, from the values as they are stored',
      reference: 'As the reference does: both cast to float16, and subtracted there',
    },
  },
  outside: {
    help: 'also weights in no layer, which the reference leaves out: embeddings, a head of its own, patch embedding',
    label: 'Weights in no layer, too',
    title: 'Embeddings, a head of its own, patch embedding: the reference leaves them out',
  },
};

/** What is said of them. */
export const EVALUATED_WORDS = {
  samples: { help: 'how many of each set (default: all)', label: 'Samples of each set' },
  seed: { help: 'of the choice of samples', label: 'Seed' },
  style: {
    help: 'how questions are put, the same for every model (default: demo for demo:NAME, else reasoner)',
    label: 'Prompt style',
  },
  maxNewTokens: { help: 'where an answer is cut (default: 2048; demo 160)', label: 'New tokens' },
};

export const CUTS_HELP = 'last layers of Early and Mid (default: thirds)';

/** Of evaluations by M_vis, M_v2r and M_rea. */
export const METRICS_NEED =
  'M_vis asks pictures of category general-vqa, M_v2r of math-targeted-vqa, M_rea questions without a picture: add a column category, or name yours (--columns category=…)';

export const ITEMS_HELP =
  'folder of questions (JSONL, Parquet, TSV, CSV) and their images, or one list (default: the app’s own)';

export const WORDS = {
  maxNewTokens: { help: 'where an answer is cut', label: 'Most new tokens' },
  samples: { help: 'how many samples (default: all)', label: 'Samples', open: 'all' },
  seed: { help: 'of the choice of samples', label: 'Seed of the choice' },
  system: { help: "system prompt (default: the chat template's own)" },
  injection: { label: 'Injected image features (DeepStack)' },
  rows: {
    help: 'answers at once, of several samples (default: 104, or what memory holds)',
    label: 'Answers at once',
    open: 'up to 104',
  },
  layers: { help: 'LLM layers, from 0 (default: all)' },
  weights: {
    help: 'part of the names of the weights, like down_proj (default: all matrices)',
    label: 'Weights',
  },
  spectraSeed: { help: 'seed of every random choice', label: 'Seed' },
};
