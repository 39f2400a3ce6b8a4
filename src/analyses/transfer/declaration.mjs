import { CUTS, EVALUATED } from '../shared-settings.mjs';

/** @import {EvaluationDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {EvaluationDeclaration} */ (
  /** @type {const} */ ({
    name: 'transfer',
    family: 'evaluation',
    writes: 'folder',
    method: '§7.2',
    order: 21,
    models: {
      base: { role: 'Base' },
      in: { role: 'IN', required: true },
      rl: { role: 'RL', required: true },
    },
    measuresMemory: true,
    settings: {
      variants: { kind: 'texts', pattern: /^[A-Za-z]+(:[A-Za-z]+)*$/, example: 'IN:RL:RL' },
      cuts: CUTS,
      reference: { kind: 'text', value: 'IN' },
      ...EVALUATED,
    },
  })
);
