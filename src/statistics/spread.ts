import { mean } from './mean.ts';

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
