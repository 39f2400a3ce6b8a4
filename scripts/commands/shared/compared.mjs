import { CHECKPOINT, FAMILY } from './flags.mjs';

/**
 * Checkpoints to compare.
 * @type {Readonly<Record<string, import('../../commands.mjs').Flag>>}
 */
export const COMPARED = {
  ...FAMILY,
  model: {
    ...CHECKPOINT,
    repeated: true,
    help: `further checkpoints, compared with --reference: ${CHECKPOINT.help}`,
  },
  recipe: {
    kind: 'files',
    help: 'merges of --base, --in and --rl, compared as further checkpoints without being written: JSON, or mergekit’s YAML',
  },
};

/** @type {import('../../commands.mjs').Flag} */
export const CUTS = {
  kind: 'text',
  pattern: /^\d+,\d+$/,
  example: '9,18',
  help: 'last layers of Early and Mid (default: thirds)',
};
