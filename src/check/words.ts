/** A check as sentences: for the command, its file, and pages that have no words of their own. */
import { listed } from '../listed.mjs';
import type { CaseName } from './case.ts';
import type { Advice, Verdict } from './verdict.ts';

const TRANSFORMERS = 'transformers in float32';

/** What each case runs, and what it is held to. */
export const CASE_WORDS: Readonly<Record<CaseName, { readonly what: string; readonly oracle: string }>> = {
  'f32-prompt': {
    what: 'a picture and a question read in f32: vision embeddings, hidden states after every layer, logits',
    oracle: TRANSFORMERS,
  },
  'f32-answer': { what: 'a greedy answer in f32, token by token', oracle: TRANSFORMERS },
  'f32-attention': {
    what: 'attention on the picture, every layer and head',
    oracle: `${TRANSFORMERS}, eager attention`,
  },
  'f32-interventions': {
    what: 'a layer, its attention and its MLP off, and keys and values swapped, as rows of one batch',
    oracle: `${TRANSFORMERS}, with hooks`,
  },
  'f16-prompt': { what: 'the same picture and question in f16', oracle: TRANSFORMERS },
  'f16-answer': { what: 'the same answer in f16', oracle: TRANSFORMERS },
  'q8-prompt': { what: 'the same in q8', oracle: `${TRANSFORMERS}, weights rounded to q8` },
  'q8-answer': { what: 'an answer in q8', oracle: `${TRANSFORMERS}, weights rounded to q8` },
  'q4-prompt': { what: 'the same in q4', oracle: `${TRANSFORMERS}, weights rounded to q4` },
  'q4-answer': { what: 'an answer in q4', oracle: `${TRANSFORMERS}, weights rounded to q4` },
  spectrum: {
    what: 'all singular values of a random 531 × 43 matrix and of its transpose',
    oracle: 'one-sided Jacobi in float64',
  },
  product: {
    what: 'products of a random 531 × 43 matrix and of its transpose with five vectors',
    oracle: 'sums in float64',
  },
};

/** "this device computes right", or which cases are wrong. */
export function verdictSentence({ right, wrong }: Verdict): string {
  return right ? 'This device computes right.' : `This device computes wrong: ${listed(wrong)}.`;
}

export function adviceSentence(advice: Advice): string {
  if (advice.choose === 'formats') {
    const wrong = `${listed(advice.wrong)} ${advice.wrong.length === 1 ? 'is' : 'are'} wrong on this adapter`;
    return `${wrong}: choose ${advice.right.length === 1 ? '' : 'one of '}${listed(advice.right)}.`;
  }
  return {
    wasm: 'WebGPU is wrong on this adapter: choose WASM, which runs models on the processor.',
    'cpu-spectra': 'Spectra of updates are wrong on this adapter: choose WASM for them, too.',
    'another-browser': 'The processor computes wrong in this browser: use another one, and report this file.',
  }[advice.choose];
}
