/**
 * What rounding to a stored format alone is expected to give in place of an update (docs/method.md §5.1). Assumed is that the
 * rounding errors of weights are independent, of each other and between checkpoints, and uniform over a step.
 */
import type { DeltaSpec } from './deltas/delta-spec.ts';

/** By checkpoint, Σ step² / 12 of a tensor: of those that store it rounded. */
export type RoundingEnergies = Readonly<Record<string, number>>;

/** Norms and singular values up to this many times those of rounding are not told from it: the assumptions hold to a few percent. */
const NOT_TOLD_FROM = 1.05;

/** F = R_to + R_from: the expected Σ δ² of rounding alone; 0 where neither checkpoint stores the tensor rounded. */
export function floorEnergy(
  rounding: RoundingEnergies | undefined,
  { to, from }: Pick<DeltaSpec, 'to' | 'from'>,
): number {
  return (rounding?.[to] ?? 0) + (rounding?.[from] ?? 0);
}

/** Whether a norm, a mean of norms, or a singular value of an update is not told from what rounding alone would give. */
export function isAtFloor(value: number, floor: number): boolean {
  return value <= NOT_TOLD_FROM * floor;
}

/** Steps that bring the least value of a convex function within 1e-6 of its place. */
const STEPS = 40;

/**
 * About the largest singular value of a matrix of rounding errors alone: the edge of the Marchenko–Pastur law. With the variance
 * the same everywhere it is σ (√m + √n), σ² = F / (m n) (Bai and Yin 1993); where it differs between rows, dᵢ of an element of row i, its square is the
 * least value of n / u + Σ dᵢ / (1 − dᵢ u) over 0 < u < 1 / max dᵢ (Silverstein and Choi 1995).
 *
 * @param energies F of each row, n dᵢ; not all 0
 */
export function noiseEdge(energies: readonly number[], columns: number): number {
  const variances = energies.map((energy) => energy / columns);
  const squareAt = (u: number): number =>
    columns / u + variances.reduce((sum, variance) => sum + variance / (1 - variance * u), 0);
  let [low, high] = [0, 1 / Math.max(...variances)];
  for (let step = 0; step < STEPS; step += 1) {
    const third = (high - low) / 3;
    if (squareAt(low + third) < squareAt(high - third)) high -= third;
    else low += third;
  }
  return Math.sqrt(squareAt((low + high) / 2));
}
