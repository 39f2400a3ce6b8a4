/** The LLM's regions as the reference spells them in its files. */
import { mean } from '../statistics/mean.ts';

/** Early is layers 1 … a, middle a + 1 … b, late b + 1 … n. */
export type RegionCuts = readonly [a: number, b: number];
export type RegionName = 'early' | 'middle' | 'late';
export const REGIONS: readonly RegionName[] = ['early', 'middle', 'late'];

/** n//3 and 2n//3 (docs/method.md §1): 9/9/10 for 28. */
export function thirds(layers: number): RegionCuts {
  return [Math.floor(layers / 3), Math.floor((2 * layers) / 3)];
}

/** The region of a unified layer index; null outside the LLM. */
export function regionOf(layer: number, cuts: RegionCuts): RegionName | null {
  if (layer < 1) return null;
  return layer <= cuts[0] ? 'early' : layer <= cuts[1] ? 'middle' : 'late';
}

/** Mean, and standard deviation over the layers (n − 1; null for a single one). */
export interface Spread {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number | null;
}

export function spreadOf(values: readonly number[]): Spread {
  const n = values.length;
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return { n, mean: average, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null };
}
