import { DRAWN, maxNewTokens, SYSTEM } from '../shared-settings.mjs';

/** @import {ProbeDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {ProbeDeclaration} */ (
  /** @type {const} */ ({
    name: 'attention',
    family: 'probe',
    writes: 'json',
    method: '§4',
    order: 3,
    computedBy: ['src/probes/attention/shift.ts'],
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
      running: { kind: 'choice', choices: ['teacher-forced', 'free'], value: 'teacher-forced', form: 'main' },
      forcedBy: { kind: 'choice', choices: ['in', 'rl'], value: 'in' },
      onlyThink: { kind: 'switch', form: 'main' },
      heads: { kind: 'switch' },
      system: SYSTEM,
      maxNewTokens: maxNewTokens(512, 256),
    },
  })
);
