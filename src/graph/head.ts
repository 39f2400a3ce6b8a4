/** Graph of the final norm and the language-model head, on the last position of each row. */
import type { Graph } from './graph.ts';
import { finish } from './graph.ts';
import { linear } from './linear.ts';
import { rmsNorm } from './norm.ts';
import type { Value } from './onnx.ts';
import { GraphBuilder } from './onnx.ts';
import type { ConstantWeights, LinearFormat } from './weights.ts';
import { WeightBinder } from './weights.ts';

export interface HeadSpec {
  readonly hiddenSize: number;
  /** Vocabulary rows in this shard; a head too large for one GPU binding is split by rows. */
  readonly rows: number;
  readonly rmsNormEps: number;
  readonly format: LinearFormat;
  /** `logits` for the whole distribution; `greedy` for the best token alone, so that little is read back. */
  readonly output: 'logits' | 'greedy';
}

/**
 * `hidden [B, S, D]` and int64 `last [B]` (index into the B·S flattened positions) in. Out: `logits
 * [B, rows]`, or `token` int64 `[B]` (lowest id on ties) with its `logit [B, 1]`.
 */
export function headGraph(spec: HeadSpec, constants?: ConstantWeights): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  headOn(graph, weights, graph.input('hidden', 'float32', ['B', 'S', spec.hiddenSize]), spec);
  return finish(graph, weights);
}

/** The positions asked, int64 `[L]` of the B·S flattened ones. */
export function lastInput(graph: GraphBuilder): Value {
  return graph.input('last', 'int64', ['L']);
}

/** Of `values [B, S, width]` those at the positions asked, `[L, width]`. */
export function askedOf(graph: GraphBuilder, values: Value, last: Value, width: number): Value {
  const flat = graph.op('Reshape', [values, graph.int64s(-1, width)]);
  return graph.op('Gather', [flat, last], { axis: 0 });
}

/** The head on `hidden`, in a graph that may have begun before it. */
export function headOn(graph: GraphBuilder, weights: WeightBinder, hidden: Value, spec: HeadSpec): void {
  headOnRows(graph, weights, askedOf(graph, hidden, lastInput(graph), spec.hiddenSize), spec);
}

/** The head on hidden states `rows [L, D]`. */
export function headOnRows(graph: GraphBuilder, weights: WeightBinder, rows: Value, spec: HeadSpec): void {
  const logits = logitsOf(graph, weights, rows, spec);
  if (spec.output === 'logits') {
    graph.output('logits', logits, 'float32', ['L', spec.rows]);
  } else {
    const { token, logit } = bestOf(graph, logits);
    graph.output('token', token, 'int64', ['L']);
    graph.output('logit', logit, 'float32', ['L', 1]);
  }
}

/** Logits `[L, rows]` of hidden states `rows [L, D]`. */
export function logitsOf(
  graph: GraphBuilder,
  weights: WeightBinder,
  rows: Value,
  spec: Omit<HeadSpec, 'output'>,
): Value {
  const norm = weights.vector('norm.weight', spec.hiddenSize);
  const normed = rmsNorm(graph, rows, norm, spec.rmsNormEps);
  const shape = { out: spec.rows, in: spec.hiddenSize, bias: false };
  return linear(graph, weights, normed, 'lm_head', shape, spec.format);
}

/** The best token of each row, int64 `[L]`, the lowest id on ties, and its logit `[L, 1]`. */
export function bestOf(graph: GraphBuilder, logits: Value): { readonly token: Value; readonly logit: Value } {
  return {
    token: graph.op('ArgMax', [logits], { axis: -1, keepdims: 0, select_last_index: 0 }),
    logit: graph.op('ReduceMax', [logits, graph.int64s(-1)], { keepdims: 1 }),
  };
}
