/** Of one update's matrices. */
export interface FactorCounts {
  readonly matrices: number;
  /** Those that the factors of adapters gave, and no dense matrix. */
  readonly factored: number;
  readonly largestRank: number;
}

/** @param ranks by matrix; undefined where it was made densely @returns null where all were */
export function factorCounts(ranks: readonly (number | undefined)[]): FactorCounts | null {
  const known = ranks.filter((rank) => rank !== undefined);
  if (known.length === 0) return null;
  return { matrices: ranks.length, factored: known.length, largestRank: Math.max(...known) };
}
