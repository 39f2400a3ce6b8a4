import type { NamedError } from '../../../named-error.ts';

/** How far the numbers behind a chart are. */
export type ChartStatus =
  /** Nothing was computed yet; `what` says what would fill the chart. */
  | { readonly kind: 'empty'; readonly what: string }
  /** Filling: `note` is "n = 37 of 100 so far". */
  | { readonly kind: 'partial'; readonly note: string }
  /** Complete: `note` is "n = 100, seed 123". */
  | { readonly kind: 'done'; readonly note: string }
  /** It stopped; what had arrived is still drawn. */
  | { readonly kind: 'failed'; readonly error: NamedError };
