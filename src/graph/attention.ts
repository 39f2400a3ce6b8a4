/** The forms of causal self-attention our decoder graphs use. */
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
  /** `[B or 1, 1, heads/kvHeads · S, P + S]`: 0 where a query may look, −∞ (lowest float32) where not; queries of a key head's heads one after the other. */
  readonly mask: Value;
  /** int64 `[2]`: P and S. */
  readonly parts: Value;
}

/** Keys and values `[B, kvHeads, T, headDim]`. */
export interface KeysAndValues {
  readonly key: Value;
  readonly value: Value;
}

/** Of a step within a loop. */
export interface LoopedInputs {
  readonly kind: 'looped';
  /** `[B or 1, 1, heads/kvHeads, P]`: 0 where a row may look at what was there before the loop, −∞ (lowest float32) where not. */
  readonly mask: Value;
  /** int64 `[1]`: P. */
  readonly room: Value;
  /** Of each layer: what was there before the loop, and what earlier steps of it added. */
  readonly past: readonly KeysAndValues[];
  readonly earlier: readonly KeysAndValues[];
  /** Takes a layer's keys and values of all steps so far, this one among them. */
  grown(layer: number, fresh: KeysAndValues): void;
}

export type AttentionInputs = CachedInputs | ProbedInputs | ExtendedInputs | LoopedInputs;

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
 * Attention of new tokens on what was read before them (none, where P is 0), written out: GroupQueryAttention takes several new tokens on a past of
 * one row only, and on a CPU copies the whole past at every run. Here the past is only read. Inputs `past_key`, `past_value`
 * `[B or 1, kvHeads, P, headDim]`; outputs `fresh_key`, `fresh_value` `[B, kvHeads, S, headDim]`, those of the new tokens.
 */
export function extendedAttention(
  graph: GraphBuilder,
  { query, key, value }: Projections,
  dims: AttentionDims,
  { mask, parts }: ExtendedInputs,
  name: (part: string) => string,
): Value {
  const { kvHeads, headDim } = dims;
  const fresh = (part: 'key' | 'value', projected: Value): Value => {
    const made = graph.op('Transpose', [perHead(graph, projected, kvHeads, headDim)], { perm: [0, 2, 1, 3] });
    graph.output(name(`fresh_${part}`), made, 'float32', [name('rows'), kvHeads, 'S', headDim]);
    return made;
  };
  const past = (part: 'key' | 'value'): Value =>
    graph.input(name(`past_${part}`), 'float32', [name('past_rows'), kvHeads, 'P', headDim]);
  const stacked = stackedQuery(graph, query, dims);
  const scores = graph.op(
    'Concat',
    [scoresOn(graph, stacked, past('key'), dims), scoresOn(graph, stacked, fresh('key', key), dims)],
    { axis: 3 },
  );
  const probabilities = graph.op('Softmax', [graph.op('Add', [scores, mask])], { axis: -1 });
  const [before, own] = graph.opAll('Split', [probabilities, parts], { axis: 3 }, 2) as [Value, Value];
  const attended = graph.op('Add', [
    graph.op('MatMul', [before, past('value')]),
    graph.op('MatMul', [own, fresh('value', value)]),
  ]);
  return unstacked(graph, attended, dims);
}

/**
 * Attention of one new token a row within a loop: on what was there before, which is only read, and on what the loop added, all of which every
 * row sees. Written out as `extendedAttention`.
 */
export function loopedAttention(
  graph: GraphBuilder,
  { query, key, value }: Projections,
  dims: AttentionDims,
  { mask, room, past, earlier, grown }: LoopedInputs,
  layer: number,
): Value {
  const { kvHeads, headDim } = dims;
  const [before, since] = [past[layer], earlier[layer]] as [KeysAndValues, KeysAndValues];
  const appended = (part: 'key' | 'value', projected: Value): Value => {
    const made = graph.op('Transpose', [perHead(graph, projected, kvHeads, headDim)], { perm: [0, 2, 1, 3] });
    return graph.op('Concat', [since[part], made], { axis: 2 });
  };
  const fresh = { key: appended('key', key), value: appended('value', value) };
  grown(layer, fresh);
  const stacked = stackedQuery(graph, query, dims);
  const scores = [
    graph.op('Add', [scoresOn(graph, stacked, before.key, dims), mask]),
    scoresOn(graph, stacked, fresh.key, dims),
  ];
  const probabilities = graph.op('Softmax', [graph.op('Concat', scores, { axis: 3 })], { axis: -1 });
  const steps = graph.op('Shape', [fresh.key], { start: 2, end: 3 });
  const parts = graph.op('Concat', [room, steps], { axis: 0 });
  const [first, last] = graph.opAll('Split', [probabilities, parts], { axis: 3 }, 2) as [Value, Value];
  const attended = graph.op('Add', [
    graph.op('MatMul', [first, before.value]),
    graph.op('MatMul', [last, fresh.value]),
  ]);
  return unstacked(graph, attended, dims);
}

/** q kᵀ/√d with keys `[B, kvHeads, T, headDim]`. */
function scoresOn(graph: GraphBuilder, stacked: Value, keys: Value, dims: AttentionDims): Value {
  return scaledProducts(graph, stacked, graph.op('Transpose', [keys], { perm: [0, 1, 3, 2] }), dims);
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
 * softmax(q kᵀ/√d + mask) v with keys `[B, kvHeads, headDim, T]` and values `[B, kvHeads, T, headDim]`. Probabilities are `[B, heads, S, T]`.
 */
function writtenOut(
  graph: GraphBuilder,
  query: Value,
  keyColumns: Value,
  values: Value,
  mask: Value,
  dims: AttentionDims,
): { readonly probabilities: Value; readonly context: Value } {
  const { heads, kvHeads } = dims;
  const scaled = scaledProducts(graph, stackedQuery(graph, query, dims), keyColumns, dims);
  const keys = graph.op('Shape', [mask], { start: 3, end: 4 });
  const scores = graph.op('Reshape', [
    scaled,
    graph.op('Concat', [graph.int64s(0, heads, -1), keys], { axis: 0 }),
  ]);
  const probabilities = graph.op('Softmax', [graph.op('Add', [scores, mask])], { axis: -1 });
  const stackedShape = graph.op('Concat', [graph.int64s(0, kvHeads, -1), keys], { axis: 0 });
  const stacked = graph.op('Reshape', [probabilities, stackedShape]);
  return { probabilities, context: unstacked(graph, graph.op('MatMul', [stacked, values]), dims) };
}

/**
 * Query heads that share a key head, stacked along the query axis, so that keys are never repeated: `[B, kvHeads, heads/kvHeads · S, headDim]`.
 */
function stackedQuery(graph: GraphBuilder, query: Value, { heads, kvHeads, headDim }: AttentionDims): Value {
  const q = graph.op('Transpose', [perHead(graph, query, heads, headDim)], { perm: [0, 2, 1, 3] });
  return graph.op('Reshape', [q, graph.int64s(0, kvHeads, -1, headDim)]);
}

/** q kᵀ/√d with keys `[B, kvHeads, headDim, T]`. */
function scaledProducts(graph: GraphBuilder, stacked: Value, keyColumns: Value, dims: AttentionDims): Value {
  const products = graph.op('MatMul', [stacked, keyColumns]);
  return graph.op('Mul', [products, graph.float(1 / Math.sqrt(dims.headDim))]);
}

/** Stacked queries' contexts as `[B, S, heads · headDim]`. */
function unstacked(graph: GraphBuilder, stacked: Value, { heads, headDim }: AttentionDims): Value {
  const perQuery = graph.op('Reshape', [stacked, graph.int64s(0, heads, -1, headDim)]);
  return graph.op('Reshape', [
    graph.op('Transpose', [perQuery], { perm: [0, 2, 1, 3] }),
    graph.int64s(0, 0, heads * headDim),
  ]);
}

/** `projected [B, S, count · headDim]` as `[B, S, count, headDim]`. */
function perHead(graph: GraphBuilder, projected: Value, count: number, headDim: number): Value {
  return graph.op('Reshape', [projected, graph.int64s(0, 0, count, headDim)]);
}
