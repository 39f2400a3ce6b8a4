/**
 * Rotary inverse frequencies θ^(−2i/dim), i < dim / 2, rounded to float32 after each operation as PyTorch does; its power
 * function may differ from ours in the last bit.
 */
export function inverseFrequencies(theta: number, dim: number): Float32Array {
  return Float32Array.from({ length: dim / 2 }, (_, i) => {
    const power = Math.fround(theta ** Math.fround((2 * i) / dim));
    return 1 / power;
  });
}

/** Cosines and sines of rotary angles, `[tokens, headDim / 2]` each. */
export interface RotaryTable {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}
