/** Every analysis that a page draws, in the page's order: a folder here with a file `page.ts` is one. */
import type { ProbePage } from './probe-page.ts';
import type { UpdatesPage } from './updates-page.ts';

const found = import.meta.glob<ProbePage | UpdatesPage>('./*/page.ts', { eager: true, import: 'page' });

const PAGES = Object.values(found).sort(
  (a, b) => a.analysis.declaration.order - b.analysis.declaration.order,
);

/** Of those that ask models. */
export const PROBE_PAGES: readonly ProbePage[] = PAGES.filter((page) => 'Samples' in page);

/** Of those that measure updates. */
export const UPDATES_PAGES: readonly UpdatesPage[] = PAGES.filter((page) => 'cost' in page);
