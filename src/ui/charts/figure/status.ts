import type { NamedError } from '../../../named-error.ts';

/** How far the numbers behind a chart are. */
export type ChartStatus =
  /** Nothing was computed yet; `what` says what would fill the chart. */
  | { readonly kind: 'empty'; readonly what: string }
  /** Filling: `note` says how far: "37 of 100 samples so far". */
  | { readonly kind: 'partial'; readonly note: string }
  /** Complete: `note` says of what: "100 samples". */
  | { readonly kind: 'done'; readonly note: string }
  /** It stopped; what had arrived is still drawn. */
  | { readonly kind: 'failed'; readonly error: NamedError };
