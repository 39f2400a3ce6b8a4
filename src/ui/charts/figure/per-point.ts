import { FEW, LEAST, rangeOfN } from '../../../few-items.mjs';
import type { IntervalKind } from '../../../statistics/interval-kind.ts';

/** Points that say how many items they rest on. */
type Counted = readonly { readonly n?: number }[];

function countsOf(points: Counted): readonly number[] {
  return points.flatMap(({ n }) => n ?? []);
}

/**
 * How many items each point of a chart rests on, as its note says it: "n = 12 a point", "n = 3 to 48 pairs a point"; nothing where no
 * point says.
 *
 * @param unit what n counts: "pairs", "matrices"
 */
export function perPoint(points: Counted, unit = ''): string {
  const counts = countsOf(points);
  return counts.length === 0 ? '' : `${rangeOfN(counts)}${unit && ` ${unit}`} a point`;
}

/** Whether a point rests on so few items that it is drawn hollow. Numbers that are computed of all there is are never few. */
export function isFew(n: number | undefined, interval: IntervalKind | null | undefined): boolean {
  return n !== undefined && n < FEW && interval !== 'spread';
}

/** What is said of a chart some of whose points rest on few items: those are hollow. Nothing where none does. */
export function fewWarning(points: Counted, interval: IntervalKind | null | undefined): string {
  const counts = countsOf(points).filter((n) => isFew(n, interval));
  if (counts.length === 0) return '';
  const told = Math.min(...counts) < LEAST ? `below ${LEAST} they tell nothing` : 'read their intervals';
  return `Hollow: fewer than ${FEW} items (${rangeOfN(counts)}): ${told}.`;
}
