import type { GraphBuilder, Value } from './onnx.ts';

/** RMSNorm over the last axis: `x / sqrt(mean(x²) + ε) · γ`. */
export function rmsNorm(graph: GraphBuilder, x: Value, gamma: Value, epsilon: number): Value {
  return graph.op('SimplifiedLayerNormalization', [x, gamma], {
    axis: -1,
    epsilon: { float: epsilon },
    stash_type: 1,
  });
}

/** Residual sum and its RMSNorm in one kernel: returns `[norm(x + y), x + y]`. */
export function addRmsNorm(
  graph: GraphBuilder,
  x: Value,
  y: Value,
  gamma: Value,
  epsilon: number,
): readonly [normed: Value, sum: Value] {
  const [normed, , , sum] = graph.contribAll(
    'SkipSimplifiedLayerNormalization',
    [x, y, gamma],
    { epsilon: { float: epsilon } },
    [true, false, false, true],
  ) as [Value, Value, Value, Value];
  return [normed, sum];
}
