/**
 * Graphs that reduce next-token logits to numbers of their distribution where they lie, so that no row of a vocabulary is read
 * back (docs/method.md §14). They have no weights: any head's logits will do.
 */
import type { Graph } from './graph.ts';
import { finish } from './graph.ts';
import type { Value } from './onnx.ts';
import { GraphBuilder } from './onnx.ts';
import { WeightBinder } from './weights.ts';

/** How a row of a vocabulary is cut: `groups` times `size` logits. */
export interface Groups {
  readonly groups: number;
  readonly size: number;
}

/**
 * As even as the vocabulary's divisors allow, no more groups than members. Sums of sums lose less in float32 than one long
 * sum, and are taken by more threads at once.
 */
export function groupsOf(vocabulary: number): Groups {
  let size = Math.ceil(Math.sqrt(vocabulary));
  while (vocabulary % size !== 0) size += 1;
  return { groups: vocabulary / size, size };
}

/**
 * `logits [L, vocabulary]` and int64 `chosen [L]`, the index of one in each row among all of them flattened. Out, of softmax in
 * natural logarithms, `[L, 1]` each: `logprob` of the chosen, how many logits are `above` its own, the row's `entropy`, and `peak`
 * and `log_total`, by which ln p = (logit − peak) − log_total. Besides `group_peaks [L, groups]`, the greatest of each group.
 */
export function scoresGraph(vocabulary: number): Graph {
  const graph = new GraphBuilder();
  const groups = groupsOf(vocabulary);
  const rows = graph.input('logits', 'float32', ['L', vocabulary]);
  const chosen = graph.input('chosen', 'int64', ['L']);
  const logits = grouped(graph, rows, groups);
  const groupPeaks = graph.op('ReduceMax', [logits, graph.int64s(2)], { keepdims: 0 });
  const peak = graph.op('ReduceMax', [groupPeaks, graph.int64s(1)], { keepdims: 1 });
  const shifted = graph.op('Sub', [logits, ofRow(graph, peak)]);
  const weights = graph.op('Exp', [shifted]);
  const total = rowSum(graph, weights);
  const logTotal = graph.op('Log', [total]);
  const flat = graph.op('Reshape', [rows, graph.int64s(-1)]);
  const own = graph.op('Reshape', [graph.op('Gather', [flat, chosen], { axis: 0 }), graph.int64s(-1, 1)]);
  const isAbove = graph.op('Greater', [logits, ofRow(graph, own)]);
  // −Σ p ln p = ln T − Σ w s / T, with s the shifted logits, w their exponentials and T the sum of these.
  const mean = graph.op('Div', [rowSum(graph, graph.op('Mul', [weights, shifted])), total]);
  const outputs = {
    logprob: graph.op('Sub', [graph.op('Sub', [own, peak]), logTotal]),
    above: rowSum(graph, graph.op('Cast', [isAbove], { to: 1 })),
    entropy: graph.op('Sub', [logTotal, mean]),
    peak,
    log_total: logTotal,
  };
  for (const [name, value] of Object.entries(outputs)) graph.output(name, value, 'float32', ['L', 1]);
  graph.output('group_peaks', groupPeaks, 'float32', ['L', groups.groups]);
  return finish(graph, new WeightBinder(graph));
}

/** `logits [L, vocabulary]` and int64 `chosen [N]`, groups counted through all rows, in; their `members [N, size]` out. */
export function groupMembersGraph(vocabulary: number): Graph {
  const graph = new GraphBuilder();
  const { size } = groupsOf(vocabulary);
  const logits = graph.input('logits', 'float32', ['L', vocabulary]);
  const chosen = graph.input('chosen', 'int64', ['N']);
  const all = graph.op('Reshape', [logits, graph.int64s(-1, size)]);
  graph.output('members', graph.op('Gather', [all, chosen], { axis: 0 }), 'float32', ['N', size]);
  return finish(graph, new WeightBinder(graph));
}

/** Below this |d| a term of the divergence is taken from its series: six terms of it are exact to float32 here. */
const NEAR = 0.25;
/** e^(−d) − 1 + d = d² (1/2 − d/6 + d²/24 − …), the highest power first. */
const SERIES = [-1 / 5040, 1 / 720, -1 / 120, 1 / 24, -1 / 6, 1 / 2] as const;

/**
 * KL(P ‖ Q) of two distributions over one vocabulary, `[L, 1]`, from `p.logits`, `q.logits` `[L, vocabulary]` and their `peak` and
 * `log_total` `[L, 1]`, as `scoresGraph` gives them.
 *
 * Σ p d, d = ln p − ln q, has terms of both signs that all but cancel where the models agree. As Σ (q − p) = 0 it equals
 * Σ p (e^(−d) − 1 + d), of which no term is negative, and in which what rounding did to the totals cancels to first order.
 */
export function divergenceGraph(vocabulary: number): Graph {
  const graph = new GraphBuilder();
  const groups = groupsOf(vocabulary);
  const logprobsOf = (side: string): Value => {
    const logits = graph.input(`${side}.logits`, 'float32', ['L', vocabulary]);
    const [peak, logTotal] = ['peak', 'log_total'].map((name) =>
      ofRow(graph, graph.input(`${side}.${name}`, 'float32', ['L', 1])),
    ) as [Value, Value];
    return graph.op('Sub', [graph.op('Sub', [grouped(graph, logits, groups), peak]), logTotal]);
  };
  const [logP, logQ] = [logprobsOf('p'), logprobsOf('q')];
  const [p, q] = [graph.op('Exp', [logP]), graph.op('Exp', [logQ])];
  const difference = graph.op('Sub', [logP, logQ]);
  const series = SERIES.map((coefficient) => graph.float(coefficient)).reduce((sum, coefficient) =>
    graph.op('Add', [graph.op('Mul', [sum, difference]), coefficient]),
  );
  const square = graph.op('Mul', [difference, difference]);
  const near = graph.op('Mul', [p, graph.op('Mul', [square, series])]);
  const far = graph.op('Add', [graph.op('Sub', [q, p]), graph.op('Mul', [p, difference])]);
  const isNear = graph.op('Less', [graph.op('Abs', [difference]), graph.float(NEAR)]);
  const terms = graph.op('Where', [isNear, near, far]);
  graph.output('divergence', rowSum(graph, terms), 'float32', ['L', 1]);
  return finish(graph, new WeightBinder(graph));
}

/** `[L, vocabulary]` as `[L, groups, size]`. */
function grouped(graph: GraphBuilder, rows: Value, { groups, size }: Groups): Value {
  return graph.op('Reshape', [rows, graph.int64s(-1, groups, size)]);
}

/** `[L, 1]` as it goes with `[L, groups, size]`. */
function ofRow(graph: GraphBuilder, column: Value): Value {
  return graph.op('Reshape', [column, graph.int64s(-1, 1, 1)]);
}

/** `[L, groups, size]` → `[L, 1]`: within groups first. */
function rowSum(graph: GraphBuilder, values: Value): Value {
  const ofGroups = graph.op('ReduceSum', [values, graph.int64s(2)], { keepdims: 0 });
  return graph.op('ReduceSum', [ofGroups, graph.int64s(1)], { keepdims: 1 });
}
