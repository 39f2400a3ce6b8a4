import { Highlight } from '../charts/figure/chart-cursor.svelte.ts';

/** The layer under the pointer or the keyboard (unified index), shared by every strip and chart. */
export const highlight = new Highlight();
