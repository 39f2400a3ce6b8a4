import { DRAWN, INJECTION, maxNewTokens, ROWS, SYSTEM } from '../shared-settings.mjs';

/** @import {ProbeDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {ProbeDeclaration} */ (
  /** @type {const} */ ({
    name: 'ablate',
    family: 'probe',
    writes: 'folder',
    method: '§3',
    order: 2,
    computedBy: ['src/probes/ablation/sweep.ts'],
    models: { model: { required: true } },
    compares: false,
    asks: 'problems',
    samplesFlag: 'problems',
    settings: {
      ...DRAWN,
      parts: { kind: 'choices', choices: ['layer', 'attention', 'mlp'], value: ['layer'], form: 'main' },
      injection: { ...INJECTION, choices: ['kept', 'removed'] },
      layers: { kind: 'layers' },
      set: { kind: 'layer sets' },
      system: SYSTEM,
      prefix: { kind: 'text', value: '' },
      maxNewTokens: maxNewTokens(2048, 256),
      rows: ROWS,
    },
  })
);
