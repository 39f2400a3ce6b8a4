import { COMPARISON, SPECTRA_SEED } from '../shared-settings.mjs';

/** @import {UpdatesDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {UpdatesDeclaration} */ (
  /** @type {const} */ ({
    name: 'overlap',
    family: 'updates',
    writes: 'json',
    method: '§6.1',
    order: 13,
    computedBy: ['src/spectra/overlap.ts'],
    file: 'subspace_overlap.json',
    computers: 'gpu',
    partOf: 'diversity',
    settings: {
      ...COMPARISON,
      weights: { kind: 'text', value: null },
      pair: { kind: 'text', value: null, pattern: /^[^,]+,[^,]+$/, example: 'sft,rl' },
      directions: { kind: 'integer', minimum: 1, value: 10, formMaximum: 50, form: 'main' },
      seed: SPECTRA_SEED,
    },
  })
);
