import { Mt19937 } from './mt19937.ts';

/** Which of a list's samples are taken: so many, drawn with a seed; all of them where `samples` is null. */
export interface SampleChoice {
  readonly samples: number | null;
  readonly seed: number;
}

/**
 * Which of `n` items are chosen, for k samples: NumPy's legacy `sorted(RandomState(seed).choice(arange(n), k, replace=False))`,
 * so that the reference implementation's samples are drawn. All of them where k ≥ n.
 *
 * @throws RangeError for a seed that NumPy refuses.
 */
export function sampleIndices(n: number, { samples, seed }: SampleChoice): readonly number[] {
  const order = Array.from({ length: n }, (_, index) => index);
  if (samples === null || samples >= n) return order;
  const random = new Mt19937(seed);
  for (let index = n - 1; index > 0; index--) {
    const other = random.upTo(index);
    [order[index], order[other]] = [order[other] as number, order[index] as number];
  }
  return order.slice(0, samples).sort((a, b) => a - b);
}

/** The chosen ones, in their order. */
export function chosenSamples<Sample>(all: readonly Sample[], choice: SampleChoice): readonly Sample[] {
  return sampleIndices(all.length, choice).flatMap((index) => all[index] ?? []);
}
