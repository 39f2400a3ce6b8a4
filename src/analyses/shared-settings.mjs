/** Settings that several analyses have, and what is said of them. */

/** @import {IntegerSetting} from './declaration.ts' */

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

export const SYSTEM = /** @type {const} */ ({ kind: 'text', value: null });

/** Rows that are answered together; null leaves it to the memory estimate. */
export const ROWS = /** @type {const} */ ({
  kind: 'integer',
  minimum: 1,
  maximum: 1000,
  value: null,
  form: 'more',
});

export const WORDS = {
  maxNewTokens: { help: 'where an answer is cut', label: 'Most new tokens' },
  samples: { help: 'how many samples (default: all)', label: 'Samples', open: 'all' },
  seed: { help: 'of the choice of samples', label: 'Seed of the choice' },
  system: { help: "system prompt (default: the chat template's own)" },
  rows: {
    help: 'answers at once, of several samples (default: 104, or what memory holds)',
    label: 'Answers at once',
    open: 'up to 104',
  },
  layers: { help: 'LLM layers, from 0 (default: all)' },
};
