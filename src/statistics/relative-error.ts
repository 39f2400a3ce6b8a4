/**
 * The largest difference relative to the largest expected magnitude: what bounds on tensors are of. NaN stays NaN, which is within no
 * bound; of another length it is infinite.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(error <= difference)) difference = error;
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return difference / scale;
}
