/**
 * The table of headless commands: what `headless.mjs` accepts and what its help says.
 *
 * @typedef {'text' | 'integer' | 'number' | 'switch' | 'choice' | 'path' | 'checkpoint' | 'files'} FlagKind
 *   `path`: a place to write; `checkpoint`: a folder handed to the page, or `demo:NAME`; `files`: files handed
 *   to the page, the flag may be repeated
 * @typedef {{
 *   kind: FlagKind,
 *   help: string,
 *   required?: boolean,
 *   choices?: readonly string[],
 *   minimum?: number,
 *   value?: string | number | boolean,
 * }} Flag `value` is the default
 * @typedef {{help: string, flags: Readonly<Record<string, Flag>>}} Command
 */

/** @type {Readonly<Record<string, Flag>>} */
const COMMON = {
  device: {
    kind: 'choice',
    choices: ['webgpu', 'wasm'],
    help: 'where graphs run (default: WebGPU, else WASM)',
  },
  dtype: {
    kind: 'choice',
    choices: ['f32', 'f16', 'q8', 'q4'],
    help: 'weights in memory (default: f32)',
  },
  seed: { kind: 'integer', minimum: 0, help: 'seed of every random choice', value: 0 },
  out: { kind: 'path', help: 'file to write; - is stdout', value: '-' },
  quiet: { kind: 'switch', help: 'no progress on stderr' },
  adapter: {
    kind: 'choice',
    choices: ['auto', 'hardware', 'software'],
    help: 'the GPU, or SwiftShader on the CPU (auto: the GPU where Linux has its device file)',
    value: 'auto',
  },
};

/** @type {Flag} */
const MODEL = { kind: 'checkpoint', required: true, help: 'Hugging Face checkpoint folder, or demo:NAME' };
/** @type {Flag} */
const PROMPT = { kind: 'text', required: true, help: 'the question' };
/** @type {Flag} */
const IMAGE = { kind: 'files', help: 'PNG, JPEG or WebP; may be repeated' };

/** @type {Readonly<Record<string, Command>>} */
export const COMMANDS = {
  info: { help: 'what a checkpoint holds', flags: { model: MODEL, ...COMMON } },
  generate: {
    help: 'an answer to a prompt',
    flags: {
      model: MODEL,
      prompt: PROMPT,
      image: IMAGE,
      system: { kind: 'text', help: 'system prompt' },
      'max-new-tokens': { kind: 'integer', minimum: 1, help: 'where to stop' },
      temperature: { kind: 'number', minimum: 0, help: '0 is greedy', value: 0 },
      ...COMMON,
    },
  },
  logits: {
    help: 'next-token logits at the last position',
    flags: {
      model: MODEL,
      prompt: PROMPT,
      image: IMAGE,
      ablate: { kind: 'integer', minimum: 0, help: 'decoder layer to switch off' },
      hidden: { kind: 'switch', help: 'also the hidden states after each layer' },
      ...COMMON,
    },
  },
};

/** @type {Command} */
export const BENCH = {
  help: 'times decoding, rows and loading',
  flags: {
    only: { kind: 'text', help: 'comma-separated parts to run (default: all)' },
    ...COMMON,
  },
};
