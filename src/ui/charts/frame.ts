import type { Highlight } from './figure/chart-cursor.svelte.ts';
import type { Body, Coverage } from '../layer-strip/layer-axis.ts';
import type { Cuts } from '../../regions.ts';

/** What every per-layer chart of one page shares with the strip above it. */
export interface ChartFrame {
  readonly body: Body;
  /** Early, Mid and Late as set on the strip. */
  readonly cuts: Cuts;
  /** The part of the body the analysis speaks of. */
  readonly covers: Coverage;
  /** The layer that is read, in whichever chart or strip. */
  readonly highlight: Highlight;
}
