/**
 * (1 − α)·A + α·B in float32, in place of `a`: both factors, both products and the sum are each rounded to float32,
 * as PyTorch computes `(1 - alpha) * a + alpha * b` on float32 tensors (docs/method.md §7.1).
 */
export function interpolate(a: Float32Array, b: Float32Array, alpha: number): void {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values cannot be mixed`);
  const keep = Math.fround(1 - alpha);
  const take = Math.fround(alpha);
  // Sums and products of two float32 are rounded right by a second rounding from float64.
  for (let i = 0; i < a.length; i += 1) {
    a[i] = Math.fround(keep * (a[i] as number)) + Math.fround(take * (b[i] as number));
  }
}

/**
 * (1 − r)·W + r·σ·z in float64, rounded once to float32, in place of `values` (docs/method.md §7.1). `z` are standard normals,
 * `deviation` is the standard deviation of the whole tensor.
 */
export function addNoise(values: Float32Array, z: Float64Array, ratio: number, deviation: number): void {
  const scale = ratio * deviation;
  for (let i = 0; i < values.length; i += 1) {
    values[i] = (1 - ratio) * (values[i] as number) + scale * (z[i] as number);
  }
}
