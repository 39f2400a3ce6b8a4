import { COMMON, FAMILY, OUT_FOLDER } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'a checkpoint whose layers come from several',
  writes: 'new-folder',
  flags: {
    blocks: {
      kind: 'text',
      example: 'IN:RL:RL',
      pattern: /^[^:]+(:[^:]+)*$/,
      help: 'donors from Early to Late, of Base, IN and RL; everything else is the first one’s',
    },
    cuts: {
      kind: 'text',
      pattern: /^\d+(,\d+)*$/,
      example: '9,18',
      help: 'last layer of each region but the last, from 1 (default: regions of equal size)',
    },
    recipe: { kind: 'files', help: 'recipe instead of blocks: JSON, or mergekit’s YAML' },
    ...FAMILY,
    'shard-bytes': { kind: 'integer', minimum: 1, help: 'largest weight file', value: 5_000_000_000 },
    verbatim: {
      kind: 'switch',
      help: 'copy config, tokenizer and processor files as they are (default: transformers 4’s spelling beside 5’s)',
    },
    ...COMMON,
    out: OUT_FOLDER,
  },
};
