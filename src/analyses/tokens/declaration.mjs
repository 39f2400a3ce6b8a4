import { DRAWN, maxNewTokens, SYSTEM } from '../shared-settings.mjs';

/** @import {ProbeDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {ProbeDeclaration} */ (
  /** @type {const} */ ({
    name: 'tokens',
    family: 'probe',
    writes: 'json',
    method: '§14',
    order: 6,
    computedBy: ['src/analyses/tokens/difference.ts'],
    models: {
      base: { role: 'Base' },
      in: { role: 'IN', required: true },
      rl: { role: 'RL', required: true },
    },
    compares: true,
    asks: 'visual questions',
    samplesFlag: 'items',
    settings: {
      ...DRAWN,
      forcedBy: { kind: 'choice', choices: ['rl', 'in', 'file'], value: 'rl', form: 'main' },
      system: SYSTEM,
      maxNewTokens: maxNewTokens(512, 256),
    },
  })
);
