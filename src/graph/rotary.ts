import type { GraphBuilder, Value } from './onnx.ts';

/** Cosines and sines per table row `[T, headDim / 2]`, and the row each token takes, int64 `[B, S]`; `[1]`: the first token of each batch entry, the others those after it. */
export interface RotaryInputs {
  readonly positions: Value;
  readonly cos: Value;
  readonly sin: Value;
}

/**
 * Rotates `value [B, S, heads · headDim]`, halves against each other as in Qwen2. The table holds one row per
 * token of the prompt, not per position: that is what makes three-dimensional positions (M-RoPE) and the
 * vision tower's two-dimensional ones the same operator.
 */
export function rotary(graph: GraphBuilder, value: Value, inputs: RotaryInputs, heads: number): Value {
  return graph.contrib('RotaryEmbedding', [value, inputs.positions, inputs.cos, inputs.sin], {
    num_heads: heads,
    interleaved: 0,
  });
}
