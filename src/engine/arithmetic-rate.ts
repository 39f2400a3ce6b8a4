/** Steps between two looks at the clock: some ten microseconds. */
const STEPS = 4096;

/**
 * Multiplications and additions that this thread does in a millisecond, whether it has its core to itself or shares it: eight sums that
 * do not wait for each other, so that two threads on one core gain little, as in a product of matrices.
 *
 * @param ms for how long it computes
 */
export function arithmeticRate(ms: number): number {
  const begun = performance.now();
  const sums = new Float64Array(8);
  let steps = 0;
  let spent: number;
  do {
    addUp(sums);
    steps += STEPS;
    spent = performance.now() - begun;
  } while (spent < ms);
  return (2 * sums.length * steps) / spent;
}

/** A function of its own: compilers make one that is called often fast sooner than a loop under way. */
function addUp(sums: Float64Array): void {
  let [a, b, c, d, e, f, g, h] = sums as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
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
  sums.set([a, b, c, d, e, f, g, h]);
}
