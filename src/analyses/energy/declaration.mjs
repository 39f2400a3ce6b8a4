import { COMPARISON } from '../shared-settings.mjs';

/** @import {UpdatesDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {UpdatesDeclaration} */ (
  /** @type {const} */ ({
    name: 'energy',
    family: 'updates',
    writes: 'json',
    method: '§5',
    order: 11,
    computedBy: ['src/spectra/energy.ts'],
    file: 'fro_norm.json',
    computers: 'threads',
    settings: COMPARISON,
  })
);
