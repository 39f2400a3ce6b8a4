import { INTERVAL_KINDS } from '../interval-kinds.mjs';

/** What an interval is, and with it what it may claim (docs/method.md §13). */
export type IntervalKind = keyof typeof INTERVAL_KINDS;

/** "Wilson 95 %": the kind, as pictures, files and sentences name it. */
export function intervalName(kind: IntervalKind): (typeof INTERVAL_KINDS)[IntervalKind] {
  return INTERVAL_KINDS[kind];
}
