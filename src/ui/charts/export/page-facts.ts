import { createContext } from 'svelte';
import type { PageFacts } from './figure-facts.ts';

/**
 * What the page says of the numbers of all charts below; read when a chart is drawn and exported. Null: there are no numbers yet, so that
 * nothing can be exported. A chart below nobody who says it cannot be made.
 */
export const [getPageFacts, setPageFacts] = createContext<() => PageFacts | null>();
