import { FEW, LEAST } from '../../../few-items.mjs';
import { t } from '../texts.ts';

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
  return counts.length === 0 ? '' : t.perPoint(counts, unit);
}

/** Whether a point rests on so few items that it is drawn hollow. Of numbers that are computed from all there is none does. */
export function isFew(n: number | undefined, exact = false): boolean {
  return !exact && n !== undefined && n < FEW;
}

/** Whether an interval of so many items says anything; that of numbers that are computed from all there is does. */
export function tells(n: number | undefined, exact = false): boolean {
  return exact || n === undefined || n >= LEAST;
}

/** What is said of a chart some of whose points rest on few items: those are hollow where points can be. Nothing where none does. */
export function fewWarning(points: Counted, exact = false, hollows = true): string {
  const counts = countsOf(points).filter((n) => isFew(n, exact));
  return counts.length === 0 ? '' : t.few(counts, hollows);
}
