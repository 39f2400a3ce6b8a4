import { COMMON, OUT_FOLDER } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'parts that --shard wrote, in any order, into the files that one run of their command writes',
  writes: 'folder',
  rest: 'parts',
  flags: {
    parts: {
      kind: 'parts',
      required: true,
      help: 'part folders of one command, all of them; the flag itself may be left out',
    },
    quiet: /** @type {import('../commands.mjs').Flag} */ (COMMON.quiet),
    adapter: /** @type {import('../commands.mjs').Flag} */ (COMMON.adapter),
    out: OUT_FOLDER,
  },
};
