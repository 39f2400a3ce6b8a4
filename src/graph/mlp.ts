import { linear } from './linear.ts';
import type { GraphBuilder, Value } from './onnx.ts';
import type { LinearFormat, WeightBinder } from './weights.ts';

/** Gated MLP (language and vision): `down(silu(gate(x)) · up(x))` for `x [rows, hidden]`. */
export function gatedMlp(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  prefix: string,
  dims: { readonly hidden: number; readonly intermediate: number; readonly bias: boolean },
  format: LinearFormat,
): Value {
  const widen = { out: dims.intermediate, in: dims.hidden, bias: dims.bias };
  const gate = linear(graph, weights, x, `${prefix}gate_proj`, widen, format);
  const up = linear(graph, weights, x, `${prefix}up_proj`, widen, format);
  const activated = graph.op('Mul', [gate, graph.op('Sigmoid', [gate])]);
  const narrow = { out: dims.hidden, in: dims.intermediate, bias: dims.bias };
  return linear(graph, weights, graph.op('Mul', [activated, up]), `${prefix}down_proj`, narrow, format);
}

/** `gelu` by erf, `gelu-tanh` by its approximation, `quick-gelu` as x · σ(1.702 x). */
export type Activation = 'gelu' | 'gelu-tanh' | 'quick-gelu';

/** Two linear layers with biases and an activation between: `narrow(f(widen(x)))` for `x [rows, in]`. */
export interface PlainMlp {
  readonly names: readonly [widen: string, narrow: string];
  readonly activation: Activation;
  readonly in: number;
  readonly intermediate: number;
  readonly out: number;
}

export function plainMlp(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  mlp: PlainMlp,
  format: LinearFormat,
): Value {
  const { names, intermediate } = mlp;
  const wide = linear(graph, weights, x, names[0], { out: intermediate, in: mlp.in, bias: true }, format);
  const activated = activate(graph, wide, mlp.activation);
  return linear(graph, weights, activated, names[1], { out: mlp.out, in: intermediate, bias: true }, format);
}

function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'gelu':
      return graph.op('Gelu', [x]);
    case 'gelu-tanh':
      return graph.op('Gelu', [x], { approximate: 'tanh' });
    case 'quick-gelu':
      return graph.op('Mul', [x, graph.op('Sigmoid', [graph.op('Mul', [x, graph.float(1.702)])])]);
  }
}
