import { DRAWN, maxNewTokens, ROWS, SYSTEM } from '../shared-settings.mjs';

/** @import {ProbeDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {ProbeDeclaration} */ (
  /** @type {const} */ ({
    name: 'patch',
    family: 'probe',
    writes: 'json',
    method: '§12',
    order: 5,
    computedBy: ['src/probes/patching/patch.ts'],
    models: { in: { role: 'IN', required: true }, rl: { role: 'RL', required: true } },
    compares: true,
    asks: 'visual questions',
    samplesFlag: 'items',
    settings: {
      ...DRAWN,
      from: { kind: 'choice', choices: ['in', 'rl'], value: 'rl', form: 'main' },
      layers: { kind: 'layers' },
      system: SYSTEM,
      maxNewTokens: maxNewTokens(512, 256),
      rows: ROWS,
    },
  })
);
