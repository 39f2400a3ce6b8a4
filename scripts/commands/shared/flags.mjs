/** @import {Flag} from '../../commands.mjs' */
import { ROLES } from '../../../src/roles.mjs';

/**
 * Of every command.
 * @type {Readonly<Record<string, Flag>>}
 */
export const COMMON = {
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
  memory: {
    kind: 'text',
    pattern: /^0*[1-9]\d*(\.\d+)?[MG]i?B$/,
    example: '8GB',
    help: 'memory of the device that may be taken: models that do not fit into it together take turns (default: all of it)',
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

/**
 * Of commands that write a folder.
 * @type {Flag}
 */
export const OUT_FOLDER = { kind: 'path', required: true, help: 'folder to write; made if it is not there' };

/**
 * Of commands whose work is journalled, so that a rerun goes on where the last one was interrupted.
 * @type {Flag}
 */
export const RESTART = { kind: 'switch', help: 'forget what an interrupted run had finished' };

/**
 * Of the same commands (`commands.mjs` gives it to each): work that was begun elsewhere goes on here.
 * @type {Flag}
 */
export const JOURNAL = {
  kind: 'files',
  help: 'journal file of the same work, as the page or `kept --save` wrote it, to go on with',
};

/**
 * Of long work: this run takes part i of n, and writes a folder that `combine` takes (`scripts/shard.mjs`).
 * @type {Flag}
 */
export const SHARD = {
  kind: 'text',
  pattern: /^([1-9]\d*\/[1-9]\d*|auto)$/,
  example: '1/4',
  help: 'part i/n of the work, i from 1, into a folder that `combine` takes; auto: as SLURM or Kubernetes tells',
};

/**
 * 0-based LLM layers, as `0-27` or `0,3,5-7`.
 * @type {Flag}
 */
export const LAYERS = {
  kind: 'text',
  pattern: /^\d+(-\d+)?(,\d+(-\d+)?)*$/,
  example: '0-27',
  help: 'LLM layers, from 0 (default: all)',
};

/**
 * Which columns of a list hold what, where their names are not those known.
 * @type {Flag}
 */
export const COLUMNS = {
  kind: 'text',
  pattern: /^(question|answer|image|choices|id|category|description)=./,
  example: 'question=…,answer=…,image=…,choices=…',
  help: 'columns of the list: question=…,answer=…,image=…,choices=…,id=…,category=…,description=…; a.b is member b of column a, a+b are several',
};

/**
 * Of commands whose samples are spread over engines beside each other.
 * @type {Flag}
 */
export const LANES = {
  kind: 'integer',
  minimum: 1,
  help: 'engines of one thread each, beside each other, for models on WASM (default: counted where models are small)',
};

/** @type {Flag} */
export const MAX_NEW_TOKENS = { kind: 'integer', minimum: 1, help: 'where an answer is cut' };

/**
 * As transformers applies it where generation_config.json asks for one; 1 is none.
 * @type {Flag}
 */
export const REPETITION_PENALTY = {
  kind: 'number',
  minimum: 0.01,
  help: 'above 1, tokens that were there before are less likely (published folders ask for 1.05)',
  value: 1,
};

/** @type {Flag} */
export const CHECKPOINT = { kind: 'checkpoint', help: 'Hugging Face checkpoint folder, or demo:NAME' };

/**
 * Base, IN and RL.
 * @type {Readonly<Record<string, Flag>>}
 */
export const FAMILY = Object.fromEntries(ROLES.map((role) => [role, CHECKPOINT]));

/** @type {Flag} */
export const MODEL = { ...CHECKPOINT, required: true };

/**
 * Of commands that take one model.
 * @type {Flag}
 */
export const LORA = { kind: 'checkpoint', help: 'folder of a PEFT adapter, put on the model' };

/** @type {Flag} */
export const PROMPT = { kind: 'text', required: true, help: 'the question' };

/**
 * Of commands that look at images: how pixels are made of them. Names are those of `src/vlm/image-processing.ts`.
 * @type {Readonly<Record<string, Flag>>}
 */
export const IMAGE_READING = {
  'image-processing': {
    kind: 'choice',
    choices: ['transformers-5', 'transformers-4.51'],
    help: "whose pixels: transformers 5's with Pillow 13, or 4.51's with Pillow 12",
    value: 'transformers-5',
  },
  'max-image-pixels': {
    kind: 'integer',
    // One token of Qwen2.5-VL, and what is decoded at all: `src/vlm/pixel-limit.ts`, `src/image/dimensions.ts`.
    minimum: 28 * 28,
    maximum: 89_478_485,
    help: "larger images are scaled down to so many pixels, or to the checkpoint's own fewer (default: 921600)",
    value: 1280 * 720,
  },
};

/** @type {Flag} */
export const IMAGE = { kind: 'files', help: 'PNG, JPEG or WebP; may be repeated' };
