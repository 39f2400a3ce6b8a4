import { Mt19937 } from './mt19937.ts';

/**
 * Which `k` of `n` items a study takes: NumPy's legacy `sorted(RandomState(seed).choice(arange(n), k, replace=False))`,
 * so that the reference implementation's samples are drawn. All of them where k ≥ n.
 *
 * @throws RangeError for a seed that NumPy refuses.
 */
export function sampleIndices(n: number, k: number, seed: number): readonly number[] {
  const order = Array.from({ length: n }, (_, index) => index);
  if (k >= n) return order;
  const random = new Mt19937(seed);
  for (let index = n - 1; index > 0; index--) {
    const other = random.upTo(index);
    [order[index], order[other]] = [order[other] as number, order[index] as number];
  }
  return order.slice(0, k).sort((a, b) => a - b);
}
