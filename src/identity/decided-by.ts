/** What decides a result, kind by kind, and why, of all work that is no analysis: each of those declares its own (`src/analyses/`). */
import type { DecidingInputs, Kind } from './deciding-inputs.ts';

const ANSWERING = {
  system: 'stands before the question',
  maxNewTokens: 'cuts answers off',
  maxImagePixels: 'larger pictures are scaled down',
  imageProcessing: 'how pixels are made of pictures',
  device: 'where answers are computed',
  dtype: 'how weights are rounded',
} as const;

/**
 * Every kind of work with every input of it. A kind that lacks one does not compile, and neither does a caller that leaves one out.
 * The modules that compute are part of every journal's name besides (`work/modules.ts`).
 *
 * Left out on purpose: names of folders, checkpoints and variants, the order and dates of files, and files that nothing reads (they
 * are labels); cuts, the definition of "changed", gold answers of an evaluation (records are read by them anew each time); how many
 * rows are answered at once (`rows-alone.test.ts` holds that a row says what it says alone; memory decides it besides, and whoever
 * ran out of memory goes on with fewer).
 */
export const DECIDED_BY: { readonly [K in Kind]: { readonly [I in keyof DecidingInputs[K]]: string } } = {
  answers: {
    ...ANSWERING,
    weights: 'of every checkpoint that gives a part',
    files: 'config, tokenizer, chat template and image processor of the one that gives everything but layers',
    adapter: 'chooses kernels, whose last digits decide between near equal tokens',
  },
  merge: {
    weights: 'of every donor',
    recipe: 'what is taken from which donor',
    shardBytes: 'where one file of weights ends and the next begins',
    checkpoints: 'names of the donors stand in the card',
    smallFiles: 'config, tokenizer, chat template and card are written, too',
    plan: 'which tensors are written, and how each is made',
    quantized: 'what weights are rounded to',
  },
  verdicts: { judge: 'who judges' },
  answer: {
    ...ANSWERING,
    model: 'who answers',
    pieces: 'what is asked',
    pictures: 'what is shown, whole',
  },
  variant: {
    parts: 'weights, rounding, device and adapter of everything but layers, of each layer and of the head',
    files: 'config, tokenizer, chat template and image processor of the one that gives everything but layers',
  },
  endpoint: {
    dialect: 'how it is asked',
    address: 'where',
    model: 'who',
    temperature: 'how answers are drawn',
    limitField: 'whether the limit of new tokens is seen',
  },
  verdict: {
    system: 'how it is to be judged',
    prompt: 'question, reference answer and response',
    maxNewTokens: 'cuts a reply off',
  },
};
