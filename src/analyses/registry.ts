/** Every analysis there is: a folder here with a file `analysis.ts` is one. */
import type { Analysis } from './analysis.ts';
import type { Probe } from './probe.ts';
import type { Updates } from './updates.ts';

const found = import.meta.glob<Analysis>('./*/analysis.ts', { eager: true, import: 'analysis' });

/** By name, in the order of the page. */
export const ANALYSES: ReadonlyMap<string, Analysis> = new Map(
  Object.values(found)
    .sort((a, b) => a.declaration.order - b.declaration.order)
    .map((analysis) => [analysis.declaration.name, analysis]),
);

/** Those that ask models. */
export const PROBES: ReadonlyMap<string, Probe> = new Map(
  [...ANALYSES].filter((entry): entry is [string, Probe] => entry[1].declaration.family === 'probe'),
);

/** Those that measure updates. */
export const UPDATES: ReadonlyMap<string, Updates> = new Map(
  [...ANALYSES].filter((entry): entry is [string, Updates] => entry[1].declaration.family === 'updates'),
);
