import { CHECKPOINT } from './flags.mjs';

/**
 * Checkpoints to compare, and how.
 * @type {Readonly<Record<string, import('../../commands.mjs').Flag>>}
 */
export const COMPARED = {
  base: CHECKPOINT,
  in: CHECKPOINT,
  rl: CHECKPOINT,
  model: {
    ...CHECKPOINT,
    repeated: true,
    help: `further checkpoints, compared with --reference: ${CHECKPOINT.help}`,
  },
  recipe: {
    kind: 'files',
    help: 'merges of --base, --in and --rl, compared as further checkpoints without being written: JSON, or mergekit’s YAML',
  },
  reference: {
    kind: 'choice',
    choices: ['base', 'in'],
    help: 'what further checkpoints are compared with (default: in)',
  },
  'rl-from': { kind: 'choice', choices: ['in', 'base'], value: 'in', help: 'RL − IN, or RL − Base' },
  rounding: {
    kind: 'choice',
    choices: ['stored', 'reference'],
    value: 'stored',
    help: 'subtract stored values in float32, or cast to float16 and subtract there, as the reference does',
  },
  outside: {
    kind: 'switch',
    help: 'also weights in no layer, which the reference leaves out: embeddings, a head of its own, patch embedding',
  },
  cuts: {
    kind: 'text',
    pattern: /^\d+,\d+$/,
    example: '9,18',
    help: 'last layers of Early and Mid (default: thirds)',
  },
};
