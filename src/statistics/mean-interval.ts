import type { Interval } from './wilson.ts';

/** A mean over items with its 95 % interval. */
export interface Mean {
  readonly mean: number;
  /** Null where so few items, or such alike ones, say nothing of how far others would lie. */
  readonly interval: Interval | null;
  /** Items. */
  readonly n: number;
}

/** One whose kind of interval is never without an answer. */
export interface MeanWithin extends Mean {
  readonly interval: Interval;
}
