import {
  CHECKPOINT,
  COLUMNS,
  COMMON,
  FAMILY,
  IMAGE_READING,
  MAX_NEW_TOKENS,
  OUT_FOLDER,
} from './shared/flags.mjs';
import { CODE_BITS, COMPARED_TOKENS, GROUPS, QUANTIZED_FORMATS } from '../../src/quantized-formats.mjs';
import { command as merge } from './merge.mjs';

const { blocks, cuts, recipe, 'shard-bytes': shardBytes, verbatim } = merge.flags;

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'a checkpoint or a merge in a quantized format',
  writes: 'new-folder',
  flags: {
    model: CHECKPOINT,
    .../** @type {Record<string, import('../commands.mjs').Flag>} */ ({ recipe, blocks, cuts }),
    ...FAMILY,
    format: {
      kind: 'choice',
      choices: QUANTIZED_FORMATS,
      required: true,
      help: 'compressed-tensors (symmetric codes, packed), AWQ’s layout (zero points), or llama.cpp’s files',
    },
    bits: { kind: 'choice', choices: CODE_BITS, help: 'bits of a code (default: 4, of gguf-q8_0 8)' },
    group: {
      kind: 'choice',
      choices: GROUPS,
      help: 'input columns that share a scale, or all of an output channel (default: 128, of GGUF 32)',
    },
    head: { kind: 'switch', help: 'quantize a head that is not the embeddings, too' },
    items: { kind: 'data', help: 'questions that the original and the quantized model are compared on' },
    columns: COLUMNS,
    samples: { kind: 'integer', minimum: 1, help: 'questions drawn of them (default: all)' },
    system: { kind: 'text', help: 'system prompt' },
    'max-new-tokens': { ...MAX_NEW_TOKENS, value: COMPARED_TOKENS },
    preview: { kind: 'switch', help: 'write the report alone' },
    .../** @type {Record<string, import('../commands.mjs').Flag>} */ ({
      'shard-bytes': shardBytes,
      verbatim,
    }),
    ...IMAGE_READING,
    ...COMMON,
    out: OUT_FOLDER,
  },
};
