/** By analysis, what makes its records ready to be shown, away from the page: `src/ui/analyses/NAME/prepare.ts`, where that takes long. */
import type { Preparing } from '../state/study-run.svelte.ts';

const found = import.meta.glob<Preparing<unknown>>('./*/prepare.ts', { eager: true });

export const PREPARING: ReadonlyMap<string, Preparing<unknown>> = new Map(
  Object.entries(found).map(([path, preparing]) => [path.split('/')[1] ?? '', preparing]),
);
