import type { GraphBuilder, Value } from './onnx.ts';
import type { WeightBinder } from './weights.ts';

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

/** `rms`: weight γ; `layer`: `(x − mean(x)) / sqrt(var(x) + ε) · γ + β`, weight and bias. */
export type NormKind = 'rms' | 'layer';

export interface NormSpec {
  readonly kind: NormKind;
  readonly size: number;
  readonly epsilon: number;
}

/** The norm over the last axis whose weights are called `name`. */
export function norm(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  name: string,
  spec: NormSpec,
): Value {
  const { kind, size, epsilon } = spec;
  const gamma = weights.vector(`${name}.weight`, size);
  if (kind === 'rms') return rmsNorm(graph, x, gamma, epsilon);
  const beta = weights.vector(`${name}.bias`, size);
  return graph.op('LayerNormalization', [x, gamma, beta], { axis: -1, epsilon: { float: epsilon } });
}

/** Residual sum and its norm: `[norm(x + y), x + y]`. */
export function addNorm(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  y: Value,
  name: string,
  spec: NormSpec,
): readonly [normed: Value, sum: Value] {
  if (spec.kind === 'rms') {
    return addRmsNorm(graph, x, y, weights.vector(`${name}.weight`, spec.size), spec.epsilon);
  }
  const sum = graph.op('Add', [x, y]);
  return [norm(graph, weights, sum, name, spec), sum];
}
