import { EVALUATION } from './shared/evaluation.mjs';
import { CHECKPOINT, MODEL, OUT_FOLDER } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'block merges of IN and RL on M_vis, M_v2r and M_rea',
  writes: 'folder',
  flags: {
    base: CHECKPOINT,
    in: MODEL,
    rl: MODEL,
    variants: {
      kind: 'text',
      repeated: true,
      pattern: /^[A-Za-z]+(:[A-Za-z]+)*$/,
      example: 'IN:RL:RL',
      help: 'merges, Early:Mid:Late (default: the standard eight, and Base where it is given)',
    },
    cuts: {
      kind: 'text',
      pattern: /^\d+,\d+$/,
      example: '9,18',
      help: 'last layers of Early and Mid (default: thirds)',
    },
    reference: { kind: 'text', value: 'IN', help: 'the variant that others are compared with' },
    ...EVALUATION,
    out: OUT_FOLDER,
  },
};
