import { COMMON, MODEL } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'what a checkpoint holds',
  writes: 'json',
  flags: { model: MODEL, ...COMMON },
};
