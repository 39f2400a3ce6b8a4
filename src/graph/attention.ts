/** The three forms of causal self-attention our decoder graphs use. */
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

export interface ExtendedInputs {
  readonly kind: 'extended';
  /** `[B or 1, 1, S, P + S]`: 0 where a query may look, −∞ (lowest float32) where not. */
  readonly mask: Value;
}

export type AttentionInputs = CachedInputs | ProbedInputs | ExtendedInputs;

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
 * Attention of several new tokens a row on what was read before them, which GroupQueryAttention takes of one row only. Inputs
 * `past_key`, `past_value` `[B or 1, kvHeads, P, headDim]`; outputs `fresh_key`, `fresh_value` `[B, kvHeads, S, headDim]`, those of the new tokens.
 */
export function extendedAttention(
  graph: GraphBuilder,
  { query, key, value }: Projections,
  dims: AttentionDims,
  { mask }: ExtendedInputs,
  name: (part: string) => string,
): Value {
  const { kvHeads, headDim } = dims;
  const joined = (part: 'key' | 'value', projected: Value): Value => {
    const fresh = graph.op('Transpose', [perHead(graph, projected, kvHeads, headDim)], {
      perm: [0, 2, 1, 3],
    });
    graph.output(name(`fresh_${part}`), fresh, 'float32', ['B', kvHeads, 'S', headDim]);
    const past = graph.input(name(`past_${part}`), 'float32', [name('past_rows'), kvHeads, 'P', headDim]);
    const rows = graph.op(
      'Concat',
      [graph.op('Shape', [fresh], { start: 0, end: 1 }), graph.int64s(1, 1, 1)],
      {
        axis: 0,
      },
    );
    return graph.op('Concat', [graph.op('Expand', [past, rows]), fresh], { axis: 2 });
  };
  const keyColumns = graph.op('Transpose', [joined('key', key)], { perm: [0, 1, 3, 2] });
  return writtenOut(graph, query, keyColumns, joined('value', value), mask, dims).context;
}

/**
 * Attention written out, so that its probabilities can be read. Outputs `attention` `[B, heads, Q, sets]`, the sum of
 * probabilities over each key set for the chosen queries (P1 Eq. 1).
 */
export function probedAttention(
  graph: GraphBuilder,
  { query, key, value }: Projections,
  dims: AttentionDims,
  { mask, queries, keySets }: ProbedInputs,
  name: (part: string) => string,
): Value {
  const { heads, kvHeads, headDim } = dims;
  const keyColumns = graph.op('Transpose', [perHead(graph, key, kvHeads, headDim)], { perm: [0, 2, 3, 1] });
  const values = graph.op('Transpose', [perHead(graph, value, kvHeads, headDim)], { perm: [0, 2, 1, 3] });
  const { probabilities, context } = writtenOut(graph, query, keyColumns, values, mask, dims);
  const chosen = graph.op('Gather', [probabilities, queries], { axis: 2 });
  const attention = graph.op('MatMul', [chosen, keySets]);
  graph.output(name('attention'), attention, 'float32', ['B', heads, 'Q', 'N']);
  return context;
}

/**
 * softmax(q kᵀ/√d + mask) v with keys `[B, kvHeads, headDim, T]` and values `[B, kvHeads, T, headDim]`. The query heads that share a
 * key head are stacked along the query axis, so keys are never repeated. Probabilities are `[B, heads, S, T]`.
 */
function writtenOut(
  graph: GraphBuilder,
  query: Value,
  keyColumns: Value,
  values: Value,
  mask: Value,
  { heads, kvHeads, headDim }: AttentionDims,
): { readonly probabilities: Value; readonly context: Value } {
  const q = graph.op('Transpose', [perHead(graph, query, heads, headDim)], { perm: [0, 2, 1, 3] });
  const stackedQuery = graph.op('Reshape', [q, graph.int64s(0, kvHeads, -1, headDim)]);
  const products = graph.op('MatMul', [stackedQuery, keyColumns]);
  const scaled = graph.op('Mul', [products, graph.float(1 / Math.sqrt(headDim))]);
  const keys = graph.op('Shape', [mask], { start: 3, end: 4 });
  const scores = graph.op('Reshape', [
    scaled,
    graph.op('Concat', [graph.int64s(0, heads, -1), keys], { axis: 0 }),
  ]);
  const probabilities = graph.op('Softmax', [graph.op('Add', [scores, mask])], { axis: -1 });
  const stackedShape = graph.op('Concat', [graph.int64s(0, kvHeads, -1), keys], { axis: 0 });
  const stacked = graph.op('Reshape', [probabilities, stackedShape]);
  const perQuery = graph.op('Reshape', [
    graph.op('MatMul', [stacked, values]),
    graph.int64s(0, heads, -1, headDim),
  ]);
  const context = graph.op('Reshape', [
    graph.op('Transpose', [perQuery], { perm: [0, 2, 1, 3] }),
    graph.int64s(0, 0, heads * headDim),
  ]);
  return { probabilities, context };
}

/** `projected [B, S, count · headDim]` as `[B, S, count, headDim]`. */
function perHead(graph: GraphBuilder, projected: Value, count: number, headDim: number): Value {
  return graph.op('Reshape', [projected, graph.int64s(0, 0, count, headDim)]);
}
