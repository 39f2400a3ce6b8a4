import { COMPARED } from './shared/compared.mjs';
import { COMMON, RESTART } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'how large the update of every weight is',
  writes: 'json',
  flags: { ...COMPARED, restart: RESTART, ...COMMON },
};
