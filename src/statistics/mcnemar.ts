import { NamedError } from '../named-error.ts';

/**
 * McNemar's exact test on paired yes/no outcomes: the two-sided binomial p-value of the discordant pairs, `lost`
 * (right before, wrong after) against `gained` (wrong before, right after), each as likely as the other under the
 * null. p = min(1, 2·P(X ≤ min(lost, gained))), X ~ Binomial(lost + gained, ½). Without discordant pairs p = 1.
 *
 * @throws NamedError `NotACount` unless both are whole and not negative.
 */
export function mcnemarExact(lost: number, gained: number): number {
  if (!Number.isInteger(lost) || !Number.isInteger(gained) || lost < 0 || gained < 0) {
    throw new NamedError(
      'NotACount',
      `${lost} and ${gained} are not numbers of pairs`,
      {},
      'give whole numbers ≥ 0',
    );
  }
  const n = lost + gained;
  const least = Math.min(lost, gained);
  // Terms in logarithms: 2⁻ⁿ alone underflows from n = 1075 on.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= least; k++) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
