/**
 * Holm's step-down adjustment of p-values for many comparisons, in the order given: the family-wise error stays
 * below α if those adjusted values ≤ α are called significant (Holm 1979). Equal to statsmodels' `holm`.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => at(pValues, a) - at(pValues, b));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * at(pValues, index)));
    adjusted[index] = running;
  });
  return adjusted;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 1;
}
