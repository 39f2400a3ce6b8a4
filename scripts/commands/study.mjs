import { COMMON, IMAGE_READING, LANES, OUT_FOLDER, SHARD } from './shared/flags.mjs';

/** What a study says itself. */
const { seed: _, ...COMMON_OF_STUDY } = COMMON;

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'every analysis that a study names, each as its own command runs it, and all of it as one file',
  writes: 'folder',
  names: 'spec',
  flags: {
    spec: { kind: 'files', required: true, help: 'file of the study (JSON)' },
    shard: SHARD,
    lanes: LANES,
    ...IMAGE_READING,
    ...COMMON_OF_STUDY,
    out: OUT_FOLDER,
  },
};
