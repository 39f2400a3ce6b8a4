import { mcnemarExact } from './mcnemar.ts';
import { type Interval, Z_95, wilson } from './wilson.ts';

/** Two yes/no outcomes of the same samples: of `n`, how many changed which way. */
export interface PairedComparison {
  readonly n: number;
  /** Yes with the first, no with the second. */
  readonly lost: number;
  /** No with the first, yes with the second. */
  readonly gained: number;
  /** (gained − lost) / n: the second's share minus the first's. */
  readonly delta: number;
  /** 95 % by Newcombe's method 10 for paired shares. */
  readonly interval: Interval;
  /** McNemar, exact, two-sided. */
  readonly p: number;
}

/** Compares outcomes sample by sample; `before[i]` and `after[i]` are of the same sample. */
export function comparePaired(before: readonly boolean[], after: readonly boolean[]): PairedComparison {
  const n = Math.min(before.length, after.length);
  let [both, lost, gained] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (before[i] && after[i]) both++;
    else if (before[i]) lost++;
    else if (after[i]) gained++;
  }
  return {
    n,
    lost,
    gained,
    delta: n === 0 ? 0 : (gained - lost) / n,
    interval: pairedInterval({ both, lost, gained, neither: n - both - lost - gained }),
    p: mcnemarExact(lost, gained),
  };
}

/**
 * 95 % interval of the difference of two paired shares (second − first), after Newcombe 1998, method 10: Wilson
 * limits of each share, joined by the correlation φ of the 2 × 2 table, corrected for continuity where positive.
 * The table counts samples: yes with both, lost, gained, no with both.
 */
export function pairedInterval(
  table: {
    readonly both: number;
    readonly lost: number;
    readonly gained: number;
    readonly neither: number;
  },
  z = Z_95,
): Interval {
  const { both, lost, gained, neither } = table;
  const n = both + lost + gained + neither;
  if (n === 0) return { low: -1, high: 1 };
  const [first, second] = [(both + lost) / n, (both + gained) / n];
  const [ofFirst, ofSecond] = [wilson(both + lost, n, z), wilson(both + gained, n, z)];
  const phi = correlation(table, n);
  const delta = second - first;
  const reach = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  return {
    low: Math.max(-1, delta - reach(second - ofSecond.low, ofFirst.high - first)),
    high: Math.min(1, delta + reach(ofSecond.high - second, first - ofFirst.low)),
  };
}

function correlation(
  {
    both,
    lost,
    gained,
    neither,
  }: {
    readonly both: number;
    readonly lost: number;
    readonly gained: number;
    readonly neither: number;
  },
  n: number,
): number {
  const margins = (both + lost) * (gained + neither) * (both + gained) * (lost + neither);
  if (margins === 0) return 0;
  const cross = both * neither - lost * gained;
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  return corrected / Math.sqrt(margins);
}
