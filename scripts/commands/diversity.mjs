import { COMPARED } from './shared/compared.mjs';
import { COMMON, RESTART } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'singular values of every update',
  writes: 'json',
  flags: {
    ...COMPARED,
    weights: {
      kind: 'text',
      help: 'part of the names of the weights, like down_proj (default: all matrices)',
    },
    topk: { kind: 'integer', minimum: 1, value: 50, help: 'singular values kept of each matrix' },
    mode: {
      kind: 'choice',
      choices: ['exact', 'fast'],
      value: 'exact',
      help: 'whole spectra, or the top and a stochastic estimate of the rest',
    },
    overlap: { kind: 'switch', help: 'also which directions two of the updates share' },
    pair: {
      kind: 'text',
      pattern: /^[^,]+,[^,]+$/,
      example: 'sft,rl',
      help: 'with --overlap: the two updates, by their names in the result (default: the first two)',
    },
    directions: {
      kind: 'integer',
      minimum: 1,
      value: 10,
      help: 'with --overlap: singular directions compared of each matrix, at most',
    },
    restart: RESTART,
    ...COMMON,
  },
};
