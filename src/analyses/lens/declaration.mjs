import { ANY_MODELS, DRAWN, maxNewTokens, SYSTEM } from '../shared-settings.mjs';

/** @import {ProbeDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {ProbeDeclaration} */ (
  /** @type {const} */ ({
    name: 'lens',
    family: 'probe',
    writes: 'json',
    method: '§11',
    order: 4,
    computedBy: ['src/probes/lens/lens.ts'],
    models: ANY_MODELS,
    compares: true,
    asks: 'visual questions',
    samplesFlag: 'items',
    takesPrompt: true,
    settings: {
      ...DRAWN,
      topk: { kind: 'integer', minimum: 1, maximum: 100, value: 1, form: 'more' },
      system: SYSTEM,
      maxNewTokens: maxNewTokens(512, 256),
    },
  })
);
