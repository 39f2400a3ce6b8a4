import { ANY_MODELS, EVALUATED } from '../shared-settings.mjs';

/** @import {EvaluationDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {EvaluationDeclaration} */ (
  /** @type {const} */ ({
    name: 'disentangle',
    family: 'evaluation',
    writes: 'json',
    method: '§9',
    order: 23,
    models: ANY_MODELS,
    measuresMemory: false,
    settings: {
      reward: {
        kind: 'choice',
        choices: ['vanilla', 'only-accuracy', 'mixture', 'continuous', 'visual-fusion', 'no-accuracy'],
        value: null,
      },
      text: { kind: 'choice', choices: ['alone', 'black'], value: null, form: 'main' },
      ...EVALUATED,
    },
  })
);
