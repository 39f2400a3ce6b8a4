import { COMPARISON, SPECTRA_SEED } from '../shared-settings.mjs';

/** @import {UpdatesDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {UpdatesDeclaration} */ (
  /** @type {const} */ ({
    name: 'diversity',
    family: 'updates',
    writes: 'json',
    method: '§6',
    order: 12,
    computedBy: ['src/spectra/diversity.ts'],
    file: 'layerwise_svd.json',
    computers: 'gpu',
    settings: {
      ...COMPARISON,
      // The page begins with the reference class's choice.
      weights: { kind: 'text', value: null, first: 'down_proj' },
      topk: { kind: 'integer', minimum: 1, value: 50, formMaximum: 500, form: 'more' },
      mode: { kind: 'choice', choices: ['exact', 'fast'], value: 'exact', form: 'main' },
      seed: SPECTRA_SEED,
    },
  })
);
