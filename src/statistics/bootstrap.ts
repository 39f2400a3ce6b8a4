import { NamedError } from '../named-error.ts';
import { type Random, seededRandom } from '../work/seeded-random.ts';
import type { MeanWithin } from './mean-interval.ts';

/** Resamples: the ends of a 95 % interval then vary by 1 % of its width, by 3 % where the tail is long (one standard error). */
const RESAMPLES = 4000;

/** Of every bootstrap: the interval of the same items is the same again. Its kind's name says it (`INTERVAL_KINDS`). */
const SEED = 0;

/** Of one item: how many of its answers, layers or tokens count. */
export interface ItemShare {
  readonly hits: number;
  readonly of: number;
}

/**
 * A share pooled over what each item has several of, such as layers: Σ hits / Σ of, with a 95 % interval over items, whose own layers are not
 * independent. Bayesian bootstrap (Rubin 1981): each item weighs as much as an exponential number says; for either end of the interval
 * one more item is added that counts wholly, or not at all. That is the bound of Gaffke (2005) and of Learned-Miller and Thomas (2019,
 * arXiv 1905.06208): it covers at least as often as it says for any shares, never has a width of zero, and is Clopper's and Pearson's
 * interval where each item is one yes or no (docs/method.md §13).
 *
 * @returns null of no items
 * @throws NamedError `NotACount` of an item that has nothing, or of which more counts than there is
 */
export function bootstrapShare(items: readonly ItemShare[]): MeanWithin | null {
  const n = items.length;
  if (n === 0) return null;
  const alike = groups(items);
  const [hits, of] = [sum(items.map((item) => item.hits)), sum(items.map((item) => item.of))];
  const random = seededRandom(SEED);
  const [lows, highs] = [new Float64Array(RESAMPLES), new Float64Array(RESAMPLES)];
  for (let at = 0; at < RESAMPLES; at++) {
    let [top, all] = [0, 0];
    for (const { item, count } of alike) {
      const weight = exponentials(count, random);
      top += weight * item.hits;
      all += weight * item.of;
    }
    const added = (exponentials(1, random) * of) / n;
    lows[at] = top / (all + added);
    highs[at] = (top + added) / (all + added);
  }
  const interval = { low: quantile(lows.sort(), 0.025), high: quantile(highs.sort(), 0.975) };
  return { mean: hits / of, interval, n };
}

/**
 * A mean over items of numbers that lie between two ends, such as rewards; the interval as `bootstrapShare` has it.
 *
 * @returns null of no items
 * @throws NamedError `NotACount` of a number beyond the ends
 */
export function bootstrapMean(
  values: readonly number[],
  { low: least, high: most }: { readonly low: number; readonly high: number },
): MeanWithin | null {
  const width = most - least;
  const found = bootstrapShare(values.map((value) => ({ hits: (value - least) / width, of: 1 })));
  if (!found) return null;
  const back = (share: number): number => least + width * share;
  const { interval, n } = found;
  return { mean: sum(values) / n, interval: { low: back(interval.low), high: back(interval.high) }, n };
}

/** Equal items together: what they weigh together is one sum. */
function groups(items: readonly ItemShare[]): { readonly item: ItemShare; count: number }[] {
  const found = new Map<string, { readonly item: ItemShare; count: number }>();
  for (const item of items) {
    const { hits, of } = item;
    if (!(of > 0 && hits >= 0 && hits <= of)) {
      throw new NamedError('NotACount', `${hits} of ${of} is not a share`, {}, 'give 0 ≤ hits ≤ of, of > 0');
    }
    const alike = found.get(`${hits} ${of}`);
    if (alike) alike.count += 1;
    else found.set(`${hits} ${of}`, { item, count: 1 });
  }
  return [...found.values()];
}

/** So many factors of 2⁻³² at least do not underflow. */
const FACTORS = 16;

/** The sum of so many standard exponential numbers. */
function exponentials(count: number, random: Random): number {
  let [total, product] = [0, 1];
  for (let at = 1; at <= count; at++) {
    product *= 1 - random();
    if (at % FACTORS !== 0 && at !== count) continue;
    total -= Math.log(product);
    product = 1;
  }
  return total;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** Linear between order statistics, as NumPy's default. `sorted` ascends. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN];
  return low + (high - low) * (place - below);
}
