import { counted } from '../../counted.ts';
import { unplacedSentence, unsharedSentence } from '../../spectra/deltas/unshared.ts';
import { texts } from '../language/texts.ts';

export const en = {
  measure: 'Measure',
  devices: { webgpu: 'the GPU', cpu: 'the CPU' },
  run: {
    again: 'Compute again',
    resume: (done: number, all: number) => `Resume: ${done} of ${all} tensors are done`,
    whole: (title: string) => `${title} is measured`,
    begin: (noun: string) => `Measure ${noun}`,
    kept: (tensors: number) => `${counted(tensors, 'tensor')}, kept in this browser`,
    some: (done: number, all: number) => `${done} of ${all} tensors so far`,
    all: (all: number) => `${all} tensors`,
  },
  weights: {
    label: 'Weights',
    all: 'All matrices',
    reference: "The reference class's choice",
    contains: 'or name contains',
  },
  computeOn: 'Compute on',
  merges: {
    add: 'Compare a merge, Early to Late',
    addButton: 'Add',
    openRecipe: 'Open recipe',
    recipe: 'Recipe of a merge to compare',
    cancel: 'Cancel',
    list: 'Merges compared',
    missing: (donors: readonly string[]) => `left out: ${donors.join(', ')} is not open any more`,
    remove: 'Remove',
    removeMerge: (merge: string) => `Remove ${merge}`,
  },
  unshared: unsharedSentence,
  unplaced: unplacedSentence,
  notCompared: (tensors: number) => `${counted(tensors, 'tensor')} could not be compared`,
  notice: (checkpoint: string, notice: string) => `${checkpoint}: ${notice}`,
  save: (file: string) => `Save ${file}`,
  forget: 'Forget these results',
  definition: {
    updates: 'Updates',
    updatesText:
      "IN − Base and RL − IN, or RL − Base, matrix by matrix, of every weight in a vision block, the projector or a layer (norms are left out). Values are subtracted in float32 as they are stored. “Reference rounding” casts both to float16 and subtracts there, which is what the reference implementation does. Further checkpoints are compared with the one chosen; so are merges, whose tensors are read from their donors' files or computed from them, without being written. A layer's place is the unified index: vision −n … −1, projector 0, LLM 1 … L.",
    papers:
      'P1 plots the relative norm in its Fig. 5 and the spectra in its Fig. 6 (arXiv 2602.12395). The ranges shown are read off the figure.',
  },
};

export const t = texts('characterize', en);
