import { CUTS, EVALUATED } from '../shared-settings.mjs';

/** @import {EvaluationDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {EvaluationDeclaration} */ (
  /** @type {const} */ ({
    name: 'necessity',
    family: 'evaluation',
    writes: 'folder',
    method: '§8',
    order: 22,
    models: { in: { role: 'IN', required: true }, rl: { role: 'RL' }, frozen: { repeated: true } },
    measuresMemory: false,
    measuresUpdates: true,
    settings: { cuts: CUTS, ...EVALUATED },
  })
);
