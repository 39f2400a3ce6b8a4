/** Steps between two looks at the clock: some tens of microseconds. */
const STEPS = 4096;
/** What the sums are for, so that no compiler leaves them out: the last of them. */
let kept = 0;

/**
 * Multiplications and additions that this thread does in a millisecond, while it has its core to itself or shares it: eight sums that
 * do not wait for each other, so that two threads on one core gain nothing, as in a product of matrices.
 *
 * @param ms for how long it computes
 */
export function arithmeticRate(ms: number): number {
  const begun = performance.now();
  let [a, b, c, d, e, f, g, h] = [1, 2, 3, 4, 5, 6, 7, 8] as [
    ...[number, number, number, number, number, number, number, number],
  ];
  let steps = 0;
  let spent: number;
  do {
    for (let step = 0; step < STEPS; step++) {
      a = a * 0.999 + 0.1;
      b = b * 0.998 + 0.1;
      c = c * 0.997 + 0.1;
      d = d * 0.996 + 0.1;
      e = e * 0.995 + 0.1;
      f = f * 0.994 + 0.1;
      g = g * 0.993 + 0.1;
      h = h * 0.992 + 0.1;
    }
    steps += STEPS;
    spent = performance.now() - begun;
  } while (spent < ms);
  kept = a + b + c + d + e + f + g + h;
  return Number.isFinite(kept) ? (16 * steps) / spent : 0;
}
