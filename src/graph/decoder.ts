/** Graph of consecutive decoder layers, open to intervention. */
import type { AttentionDims, AttentionInputs, Projections } from './attention.ts';
import { cachedAttention, extendedAttention, loopedAttention, probedAttention } from './attention.ts';
import type { HeadSpec } from './head.ts';
import { askedOf, headOnRows, lastInput } from './head.ts';
import { linear } from './linear.ts';
import { gatedMlp } from './mlp.ts';
import type { RotaryInputs } from './rotary.ts';
import { rotary } from './rotary.ts';
import { addRmsNorm, norm, rmsNorm } from './norm.ts';
import type { Value } from './onnx.ts';
import { GraphBuilder } from './onnx.ts';
import type { Graph } from './graph.ts';
import { finish } from './graph.ts';
import type { ConstantWeights, LinearFormat } from './weights.ts';
import { WeightBinder } from './weights.ts';

export interface DecoderDims extends AttentionDims {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly rmsNormEps: number;
  /** Left out: true. */
  readonly qkvBias?: boolean;
  /** RMSNorm of each head of q and k before rotary. Left out: false. */
  readonly qkNorm?: boolean;
}

export interface DecoderSpec {
  readonly dims: DecoderDims;
  readonly format: LinearFormat;
  /** Layers in this graph; inputs and weights of layer `i` are called `i.…`. */
  readonly layers: number;
  /** Inputs `i.attention_gate`, `i.mlp_gate` `[B or 1, 1, 1]` scale what a layer adds to the residual stream. */
  readonly gates: boolean;
  /**
   * Inputs `i.swap_mask` (bool `[B or 1, S, 1]`), `i.swap_key`, `i.swap_value` (`[B or 1, S, kvHeads·headDim]`)
   * replace K (after rotary) and V where the mask is true; docs/method.md §2.
   */
  readonly swap: boolean;
  /** Outputs `i.key`, `i.value` `[B, S, kvHeads·headDim]`: K after rotary, V, before any swap. */
  readonly captureKv: boolean;
  /**
   * `cached`: GroupQueryAttention over `i.past_key/value` → `i.present_key/value`.
   * `probed`: no cache; outputs `i.attention` `[B, heads, Q, sets]`, the attention that the query positions
   * `queries` (int64 `[Q]`) pay to each set of keys, a 0/1 column of `key_sets` `[S, sets]`.
   * `extended`: new tokens over `i.past_key/value` of P positions, seen as `mask` `[B or 1, 1, S, P + S]` says → `i.fresh_key/value`; int64
   * `parts` is P and S.
   */
  readonly attention: 'cached' | 'probed' | 'extended';
  /**
   * The batch grows from layer to layer: int64 `slots` says of each layer, one after another, which entry of the batch before it each of its own
   * goes on from, and int64 `entries [layers]` how many it has. `hidden` has those before the first layer, inputs of layer `i` and its keys and values
   * have its own. Every entry stands at the table's rows 0 … S − 1: instead of `positions` and `batch_shape` there is int64 `token_shape = [S, -1]`.
   * `extended` attention only. Left out: false.
   */
  readonly grows?: boolean;
  /** Layers of this graph to whose output an input `i.injection` `[B or 1, S, D]` is added. Left out: none. */
  readonly injections?: readonly number[];
  /**
   * Goes on with the head: its outputs instead of `hidden_out`. One run less per token. If `asksLast`, the last layer attends everywhere, but is
   * computed further at the positions asked alone, and its gates are `[L or 1, 1, 1]`.
   */
  readonly head?: HeadSpec;
}

/** Whether the last layer of the graph is computed to its end at the positions asked alone. */
export function asksLast({
  layers,
  head,
  injections,
}: Pick<DecoderSpec, 'layers' | 'head' | 'injections'>): boolean {
  return head !== undefined && !injections?.includes(layers - 1);
}

/**
 * Builds the graph: `hidden [B, S, D]`, rotary angles `cos`, `sin [T, headDim/2]` with int64 `positions
 * [B, S]` saying which row of them each token takes, and int64 `batch_shape = [B, S, -1]` in, `hidden_out [B, S, D]` out. Cached attention also takes int32
 * `seqlens [B]` (valid keys − 1) and `total_length [1]`.
 */
export function decoderGraph(spec: DecoderSpec, constants?: ConstantWeights): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const { hiddenSize } = spec.dims;
  if (spec.head) {
    const last = lastInput(graph);
    const hidden = decoderStack(graph, weights, spec, last);
    const rows = asksLast(spec)
      ? graph.op('Reshape', [hidden, graph.int64s(-1, hiddenSize)])
      : askedOf(graph, hidden, last, hiddenSize);
    headOnRows(graph, weights, rows, spec.head);
  } else {
    const hidden = decoderStack(graph, weights, spec);
    graph.output('hidden_out', hidden, 'float32', ['B', 'S', hiddenSize]);
  }
  return finish(graph, weights);
}

/**
 * The layers themselves, in a graph that may go on from there; returns the last hidden states, `[B, S, D]`, or `[L, 1, D]` at the positions
 * `last` where `asksLast`.
 */
export function decoderStack(
  graph: GraphBuilder,
  weights: WeightBinder,
  spec: DecoderSpec,
  last?: Value,
): Value {
  const { hiddenSize } = spec.dims;
  let hidden = graph.input('hidden', 'float32', ['B', 'S', hiddenSize]);
  const batches = spec.grows ? growingBatches(graph, spec.layers) : fixedBatch(graph);
  const shared = {
    given: graph,
    cos: graph.input('cos', 'float32', ['T', spec.dims.headDim / 2]),
    sin: graph.input('sin', 'float32', ['T', spec.dims.headDim / 2]),
    ...attentionInputs(graph, spec),
  };
  for (let layer = 0; layer < spec.layers; layer++) {
    const asked = layer === spec.layers - 1 && asksLast(spec) ? last : undefined;
    const { slots, ...batch } = batches(layer);
    if (slots) hidden = graph.op('Gather', [hidden, slots], { axis: 0 });
    hidden = decoderLayer(graph, weights, spec, { ...shared, ...batch }, hidden, layer, asked);
  }
  return hidden;
}

/** What a layer is told of its batch; `slots` where it is not that of the layer before it. */
type LayerBatch = Pick<SharedInputs, 'batchShape' | 'positions'> & { readonly slots?: Value };

/** The same batch at all layers. */
function fixedBatch(graph: GraphBuilder): (layer: number) => LayerBatch {
  const batch = {
    batchShape: graph.input('batch_shape', 'int64', [3]),
    positions: graph.input('positions', 'int64', ['B', 'S']),
  };
  return () => batch;
}

/** As `grows` says. */
function growingBatches(graph: GraphBuilder, layers: number): (layer: number) => LayerBatch {
  const tokenShape = graph.input('token_shape', 'int64', [2]);
  const entries = graph.input('entries', 'int64', [layers]);
  const all = graph.input('slots', 'int64', ['all slots']);
  const slots = graph.opAll('Split', [all, entries], { axis: 0 }, layers);
  // One number is where the first token of each entry stands.
  const positions = graph.int64s(0);
  return (layer) => {
    const own = slots[layer] as Value;
    const batchShape = graph.op('Concat', [graph.op('Shape', [own]), tokenShape], { axis: 0 });
    return { slots: own, batchShape, positions };
  };
}

/** What all layers share. */
export type SharedInputs = AttentionInputs &
  RotaryInputs & {
    /** The graph whose inputs a layer's own are: the one it is in, or the one around that. */
    readonly given: GraphBuilder;
    /** int64 `[3]`: B, S and -1. */
    readonly batchShape: Value;
  };

function attentionInputs(graph: GraphBuilder, { attention, dims }: DecoderSpec): AttentionInputs {
  switch (attention) {
    case 'cached':
      return {
        kind: 'cached',
        seqlens: graph.input('seqlens', 'int32', ['B']),
        totalLength: graph.input('total_length', 'int32', [1]),
      };
    case 'extended':
      return {
        kind: 'extended',
        mask: graph.op('Tile', [
          graph.input('mask', 'float32', ['M', 1, 'S', 'T']),
          graph.int64s(1, 1, dims.heads / dims.kvHeads, 1),
        ]),
        parts: graph.input('parts', 'int64', [2]),
      };
    case 'probed':
      return {
        kind: 'probed',
        mask: graph.input('mask', 'float32', [1, 1, 'S', 'S']),
        queries: graph.input('queries', 'int64', ['Q']),
        keySets: graph.input('key_sets', 'float32', ['S', 'N']),
      };
  }
}

function attentionOn(
  graph: GraphBuilder,
  projections: Projections,
  dims: DecoderDims,
  inputs: AttentionInputs,
  layer: number,
): Value {
  const name = nameIn(layer);
  switch (inputs.kind) {
    case 'cached':
      return cachedAttention(graph, projections, dims, inputs, name);
    case 'extended':
      return extendedAttention(graph, projections, dims, inputs, name);
    case 'probed':
      return probedAttention(graph, projections, dims, inputs, name);
    case 'looped':
      return loopedAttention(graph, projections, dims, inputs, layer);
  }
}

const nameIn =
  (layer: number) =>
  (part: string): string =>
    `${layer}.${part}`;

/** One layer on `hidden [B, S, D]`; returns what it makes of it, where `asked` is given at those positions alone. */
export function decoderLayer(
  graph: GraphBuilder,
  weights: WeightBinder,
  spec: Pick<DecoderSpec, 'dims' | 'format' | 'gates'> &
    Partial<Pick<DecoderSpec, 'swap' | 'captureKv' | 'injections'>>,
  shared: SharedInputs,
  hidden: Value,
  layer: number,
  asked?: Value,
): Value {
  const { dims, format } = spec;
  const { given } = shared;
  const name = nameIn(layer);
  const flat = graph.int64s(-1, dims.hiddenSize);
  const queryDim = dims.heads * dims.headDim;
  const kvDim = dims.kvHeads * dims.headDim;

  const inputNorm = weights.vector(name('input_layernorm.weight'), dims.hiddenSize);
  const x = graph.op('Reshape', [rmsNorm(graph, hidden, inputNorm, dims.rmsNormEps), flat]);
  const project = (part: string, out: number): Value => {
    const shape = { out, in: dims.hiddenSize, bias: dims.qkvBias ?? true };
    return linear(graph, weights, x, name(`self_attn.${part}`), shape, format);
  };
  const batched = (value: Value): Value => graph.op('Reshape', [value, shared.batchShape]);
  const turned = (part: 'q' | 'k', heads: number): Value => {
    const projected = project(`${part}_proj`, heads * dims.headDim);
    return rotary(
      graph,
      batched(headNorm(graph, weights, projected, name(`self_attn.${part}_norm`), dims)),
      shared,
      heads,
    );
  };
  const query = turned('q', dims.heads);
  let key = turned('k', dims.kvHeads);
  let value = batched(project('v_proj', kvDim));

  if (spec.captureKv) {
    graph.output(name('key'), key, 'float32', ['B', 'S', kvDim]);
    graph.output(name('value'), value, 'float32', ['B', 'S', kvDim]);
  }
  if (spec.swap) {
    const mask = given.input(name('swap_mask'), 'bool', [name('masked_rows'), 'S', 1]);
    const source = (part: string): Value =>
      given.input(name(part), 'float32', [name('source_rows'), 'S', kvDim]);
    key = graph.op('Where', [mask, source('swap_key'), key]);
    value = graph.op('Where', [mask, source('swap_value'), value]);
  }

  const attended = attentionOn(graph, { query, key, value }, dims, shared, layer);
  const context = asked
    ? askedOf(graph, attended, asked, queryDim)
    : graph.op('Reshape', [attended, graph.int64s(-1, queryDim)]);
  const shape = asked ? graph.int64s(-1, 1, dims.hiddenSize) : shared.batchShape;
  const residual = asked
    ? graph.op('Reshape', [askedOf(graph, hidden, asked, dims.hiddenSize), shape])
    : hidden;
  const outShape = { out: dims.hiddenSize, in: queryDim, bias: false };
  const gate = (contribution: Value, part: string): Value =>
    spec.gates
      ? graph.op('Mul', [contribution, given.input(name(part), 'float32', [name(`${part}_rows`), 1, 1])])
      : contribution;
  const unflatten = (contribution: Value): Value => graph.op('Reshape', [contribution, shape]);
  const attention = gate(
    unflatten(linear(graph, weights, context, name('self_attn.o_proj'), outShape, format)),
    'attention_gate',
  );

  const postNorm = weights.vector(name('post_attention_layernorm.weight'), dims.hiddenSize);
  const [normed, afterAttention] = addRmsNorm(graph, residual, attention, postNorm, dims.rmsNormEps);
  const mlpDims = { hidden: dims.hiddenSize, intermediate: dims.intermediateSize, bias: false };
  const flatNormed = graph.op('Reshape', [normed, flat]);
  const mlp = gatedMlp(graph, weights, flatNormed, name('mlp.'), mlpDims, format);
  const out = graph.op('Add', [afterAttention, gate(unflatten(mlp), 'mlp_gate')]);
  if (!spec.injections?.includes(layer)) return out;
  const injection = given.input(name('injection'), 'float32', [name('injected_rows'), 'S', dims.hiddenSize]);
  return graph.op('Add', [out, injection]);
}

/** Each head of `x [rows, heads · headDim]` normed by itself, where the model does so. */
function headNorm(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  name: string,
  { qkNorm = false, headDim, rmsNormEps }: DecoderDims,
): Value {
  if (!qkNorm) return x;
  const heads = graph.op('Reshape', [x, graph.int64s(-1, headDim)]);
  return norm(graph, weights, heads, name, { kind: 'rms', size: headDim, epsilon: rmsNormEps });
}
