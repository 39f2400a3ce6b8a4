import { DECLARATIONS } from '../declarations.mjs';

/** @import {ProbeDeclaration, UpdatesDeclaration} from '../../src/analyses/declaration.ts' */

/** What loads models and answers, in its worker and those that this one starts. */
const ENGINE = ['workers/engine.ts'];
/** What opens checkpoints, and merges that nobody wrote, and reads updates. */
const UPDATES = [
  'src/vlm/stored-head.ts',
  'src/merge/open-merge.ts',
  'src/spectra/deltas/pairing.ts',
  'workers/spectra.ts',
];
const SPECTRA = [...UPDATES, 'src/spectra/gpu/create.ts'];

/**
 * By kind of work, the modules that its records come from; what they import counts with them. A kind that keeps records and
 * is not named here counts as all of them together.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const COMPUTING_MODULES = {
  ...Object.fromEntries(
    DECLARATIONS.flatMap(({ declaration }) =>
      // What evaluations ask is kept as answers.
      declaration.family === 'evaluation'
        ? []
        : [[declaration.name, [...declaration.computedBy, ...computersOf(declaration)]]],
    ),
  ),
  // Of models here, and of those that other hosts run.
  answers: [
    'src/evaluation/answers/ask.ts',
    'src/evaluation/answers/answer-all.ts',
    'src/remote/answer-remotely.ts',
    ...ENGINE,
  ],
  verdicts: ['src/remote/judge.ts'],
  // The deviations of noise.
  merge: ['src/merge/export.ts', 'workers/merge.ts'],
  // Converted weights that are kept between visits.
  weights: [
    'src/engine/weights/load.ts',
    'src/engine/weights/plan.ts',
    'src/engine/weights/kept-opfs.ts',
    'workers/weights.ts',
  ],
};

/**
 * What an analysis has done by others.
 * @param {ProbeDeclaration | UpdatesDeclaration} declaration
 */
function computersOf(declaration) {
  if (declaration.family === 'probe') return ENGINE;
  return declaration.computers === 'gpu' ? SPECTRA : UPDATES;
}
