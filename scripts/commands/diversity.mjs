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
    restart: RESTART,
    ...COMMON,
  },
};
