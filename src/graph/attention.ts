/** The two forms of causal self-attention our decoder graphs use. */
import type { GraphBuilder, Value } from './onnx.ts';

export interface AttentionDims {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Query `[B, S, heads·headDim]`, key and value `[B, S, kvHeads·headDim]`, rotary applied. */
export interface Projections {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

export interface CachedInputs {
  readonly kind: 'cached';
  readonly seqlens: Value;
  readonly totalLength: Value;
}

export interface ProbedInputs {
  readonly kind: 'probed';
  /** `[1, 1, S, S]`: 0 where a query may look, −∞ (lowest float32) where not. */
  readonly mask: Value;
  readonly queries: Value;
  readonly keySets: Value;
}

export type AttentionInputs = CachedInputs | ProbedInputs;

/** GroupQueryAttention appending to a key/value cache `[B, kvHeads, T, headDim]`; returns `[B, S, heads·headDim]`. */
export function cachedAttention(
  graph: GraphBuilder,
  { query, key, value }: Projections,
  dims: AttentionDims,
  { seqlens, totalLength }: CachedInputs,
  name: (part: string) => string,
): Value {
  const past = (part: string): Value =>
    graph.input(name(part), 'float32', ['B', dims.kvHeads, 'P', dims.headDim]);
  const [context, presentKey, presentValue] = graph.contribAll(
    'GroupQueryAttention',
    [query, key, value, past('past_key'), past('past_value'), seqlens, totalLength],
    { num_heads: dims.heads, kv_num_heads: dims.kvHeads },
    [true, true, true],
  ) as [Value, Value, Value];
  const cacheDims = ['B', dims.kvHeads, 'T', dims.headDim];
  graph.output(name('present_key'), presentKey, 'float32', cacheDims);
  graph.output(name('present_value'), presentValue, 'float32', cacheDims);
  return context;
}

/**
 * Attention written out, so that its probabilities can be read: softmax(q kᵀ/√d + mask). The query heads that
 * share a key head are stacked along the query axis, so keys are never repeated. Outputs `attention`
 * `[B, heads, Q, sets]`, the sum of probabilities over each key set for the chosen queries (P1 Eq. 1).
 */
export function probedAttention(
  graph: GraphBuilder,
  { query, key, value }: Projections,
  dims: AttentionDims,
  { mask, queries, keySets }: ProbedInputs,
  name: (part: string) => string,
): Value {
  const { heads, kvHeads, headDim } = dims;
  const perHead = (projected: Value, count: number): Value =>
    graph.op('Reshape', [projected, graph.int64s(0, 0, count, headDim)]);
  const q = graph.op('Transpose', [perHead(query, heads)], { perm: [0, 2, 1, 3] });
  const keyColumns = graph.op('Transpose', [perHead(key, kvHeads)], { perm: [0, 2, 3, 1] });
  const v = graph.op('Transpose', [perHead(value, kvHeads)], { perm: [0, 2, 1, 3] });

  const stackedQuery = graph.op('Reshape', [q, graph.int64s(0, kvHeads, -1, headDim)]);
  const products = graph.op('MatMul', [stackedQuery, keyColumns]);
  const scaled = graph.op('Mul', [products, graph.float(1 / Math.sqrt(headDim))]);
  const unstack = graph.op('Shape', [mask], { start: 3, end: 4 });
  const scores = graph.op('Reshape', [
    scaled,
    graph.op('Concat', [graph.int64s(0, heads, -1), unstack], { axis: 0 }),
  ]);
  const probabilities = graph.op('Softmax', [graph.op('Add', [scores, mask])], { axis: -1 });

  const chosen = graph.op('Gather', [probabilities, queries], { axis: 2 });
  const attention = graph.op('MatMul', [chosen, keySets]);
  graph.output(name('attention'), attention, 'float32', ['B', heads, 'Q', 'N']);

  const stackedShape = graph.op('Concat', [graph.int64s(0, kvHeads, -1), unstack], { axis: 0 });
  const stacked = graph.op('Reshape', [probabilities, stackedShape]);
  const context = graph.op('Reshape', [
    graph.op('MatMul', [stacked, v]),
    graph.int64s(0, heads, -1, headDim),
  ]);
  return graph.op('Reshape', [
    graph.op('Transpose', [context], { perm: [0, 2, 1, 3] }),
    graph.int64s(0, 0, heads * headDim),
  ]);
}
