import type { QuantizationError } from '../protocol/loading.ts';

/** What rounding some weights lost; sums, so that parts of a tensor add up. */
export interface ErrorSums {
  readonly squaredError: number;
  readonly squaredNorm: number;
  readonly maxAbs: number;
}

export function addErrors(a: ErrorSums, b: ErrorSums): ErrorSums {
  return {
    squaredError: a.squaredError + b.squaredError,
    squaredNorm: a.squaredNorm + b.squaredNorm,
    maxAbs: Math.max(a.maxAbs, b.maxAbs),
  };
}

/** ‖Ŵ − W‖_F / ‖W‖_F; 0 for an all-zero tensor. */
export function relativeFrobenius({ squaredError, squaredNorm }: ErrorSums): number {
  return squaredNorm === 0 ? 0 : Math.sqrt(squaredError / squaredNorm);
}

/** The report over all tensors; null when every one was kept exactly. */
export function summarizeErrors(byTensor: ReadonlyMap<string, ErrorSums>): QuantizationError | null {
  if (byTensor.size === 0) return null;
  const total = [...byTensor.values()].reduce(addErrors);
  const [name, worst] = [...byTensor].reduce((a, b) =>
    relativeFrobenius(b[1]) > relativeFrobenius(a[1]) ? b : a,
  );
  return {
    relativeFrobenius: relativeFrobenius(total),
    maxAbs: total.maxAbs,
    worstTensor: { name, relativeFrobenius: relativeFrobenius(worst) },
  };
}
