import type { SpectrumBackend } from './backend.ts';
import { gramResolution } from './exact/singular-values.ts';

/** How far down a computed spectrum can be trusted, relative to σ₁. */
export interface SpectrumAccuracy {
  /** Singular values below this share of σ₁ are not told from zero, and count as zero. */
  readonly floor: number;
  /** The largest condition number that is within 1 % of the truth. */
  readonly conditionLimit: number;
}

/** A few ulps of float32, the absolute error of what a GPU computes, relative to σ₁. */
const FLOAT32_ERROR = 2 ** -21;

/**
 * On the CPU the Gram matrix in float64 sets the limit: κ up to 2e6 for n = 1024, beyond what float32 SVDs give. On the GPU an
 * error of 2⁻²¹ σ₁ is 1 % of σ_min at κ = 2.1e4.
 */
export function accuracyOf(device: SpectrumBackend['device'], shortSide: number): SpectrumAccuracy {
  if (device === 'webgpu') return { floor: FLOAT32_ERROR, conditionLimit: 0.01 / FLOAT32_ERROR };
  const floor = gramResolution(shortSide);
  return { floor, conditionLimit: 1 / floor };
}

/** Of factors in float64, without a Gram matrix: n ε, which is the error of their QR decompositions. */
export function factorsAccuracy(longSide: number): SpectrumAccuracy {
  const floor = longSide * Number.EPSILON;
  return { floor, conditionLimit: 0.01 / floor };
}
