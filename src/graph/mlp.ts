import { linear } from './linear.ts';
import type { GraphBuilder, Value } from './onnx.ts';
import type { LinearFormat, WeightBinder } from './weights.ts';

/** Gated MLP of Qwen2.5 (language and vision): `down(silu(gate(x)) · up(x))` for `x [rows, hidden]`. */
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
