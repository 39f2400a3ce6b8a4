/** Every analysis that the page draws, in its order: a folder here with a file `page.ts` is one. */
import type { ProbePage } from './probe-page.ts';

const found = import.meta.glob<ProbePage>('./*/page.ts', { eager: true, import: 'page' });

export const PAGES: readonly ProbePage[] = Object.values(found).sort(
  (a, b) => a.analysis.declaration.order - b.analysis.declaration.order,
);
