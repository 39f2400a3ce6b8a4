/**
 * An upper band matrix: `values[i * (width + 1) + k]` is B[i, i + k], k = 0 … width. Entries past the last column are
 * zero.
 */
export interface BandMatrix {
  readonly size: number;
  /** Number of diagonals above the main one. */
  readonly width: number;
  readonly values: Float32Array | Float64Array;
}

/** ‖B‖_F². */
export function squaredNorm({ values }: BandMatrix): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
