import { INJECTION, maxNewTokens, ROWS } from '../shared-settings.mjs';

/** @import {ProbeDeclaration} from '../declaration.ts' */

export const declaration = /** @satisfies {ProbeDeclaration} */ (
  /** @type {const} */ ({
    name: 'swap',
    family: 'probe',
    writes: 'folder',
    method: '§2',
    order: 1,
    computedBy: ['src/probes/swap/sweep.ts'],
    models: { model: { required: true } },
    compares: false,
    asks: 'pairs',
    samplesFlag: 'pairs',
    settings: {
      tasks: {
        kind: 'choices',
        choices: ['ocr', 'counting', 'grounding', 'recognition'],
        form: 'main',
        draws: true,
      },
      samples: { kind: 'integer', minimum: 1, value: null, first: 25, form: 'main', draws: true },
      mode: { kind: 'choice', choices: ['single', 'from-layer'], value: 'single', form: 'main' },
      reads: { kind: 'choice', choices: ['all', 'text'], value: 'all', form: 'main' },
      injection: { ...INJECTION, choices: ['kept', 'source', 'removed'] },
      definition: { kind: 'choice', choices: ['paper', 'reference'], value: 'paper', form: 'main' },
      layers: { kind: 'layers' },
      literalImage: { kind: 'choice', choices: ['strip', 'keep'], value: 'strip', form: 'more' },
      answerSource: { kind: 'switch' },
      maxNewTokens: maxNewTokens(64),
      rows: ROWS,
    },
  })
);
