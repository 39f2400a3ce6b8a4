import { COMMON } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'what earlier runs kept or left unfinished, and how to go on with it',
  writes: 'json',
  streams: 'save',
  flags: {
    save: {
      kind: 'text',
      help: 'key of work that is written to --out as one journal file, which the page and --journal go on with',
    },
    show: {
      kind: 'text',
      repeated: true,
      help: 'keys of work whose records are written, too; "all" for everything',
    },
    forget: { kind: 'text', repeated: true, help: 'keys of work to forget first; "all" for everything' },
    ...COMMON,
  },
};
