/** Every analysis there is: a folder here with a file `analysis.ts` is one. */
import type { Analysis, AnyAnalysis } from './analysis.ts';
import type { Evaluation } from './evaluation.ts';
import type { Probe } from './probe.ts';
import type { Updates } from './updates.ts';

const found = import.meta.glob<AnyAnalysis>('./*/analysis.ts', { eager: true, import: 'analysis' });

/** By name, in the order of the page. */
const ALL: readonly (readonly [string, AnyAnalysis])[] = Object.values(found)
  .sort((a, b) => a.declaration.order - b.declaration.order)
  .map((analysis) => [analysis.declaration.name, analysis]);

/** Those that keep records of their own. */
export const ANALYSES: ReadonlyMap<string, Analysis> = new Map(
  ALL.filter((entry): entry is [string, Analysis] => entry[1].declaration.family !== 'evaluation'),
);

/** Those that ask models. */
export const PROBES: ReadonlyMap<string, Probe> = new Map(
  ALL.filter((entry): entry is [string, Probe] => entry[1].declaration.family === 'probe'),
);

/** Those that ask questions with right answers. */
export const EVALUATIONS: ReadonlyMap<string, Evaluation> = new Map(
  ALL.filter((entry): entry is [string, Evaluation] => entry[1].declaration.family === 'evaluation'),
);

/** Those that measure updates. */
export const UPDATES: ReadonlyMap<string, Updates> = new Map(
  [...ANALYSES].filter((entry): entry is [string, Updates] => entry[1].declaration.family === 'updates'),
);
