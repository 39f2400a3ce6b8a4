import type { GraphBuilder } from './onnx.ts';
import type { GraphWeight, WeightBinder } from './weights.ts';

/** A finished graph and what a run of it needs. */
export interface Graph {
  /** The encoded ONNX ModelProto. */
  readonly model: Uint8Array;
  /** Weights in declaration order; graph inputs unless the graph was built with constants. */
  readonly weights: readonly GraphWeight[];
  readonly outputs: readonly string[];
}

/** Encodes what `graph` and `weights` have collected. */
export function finish(graph: GraphBuilder, weights: WeightBinder): Graph {
  return {
    model: graph.encode(),
    weights: weights.weights,
    outputs: graph.outputs.map(({ name }) => name),
  };
}
