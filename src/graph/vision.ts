/** Graphs of a vision tower: patch embedding, one transformer block, the projector ("merger"). */
import type { Graph } from './graph.ts';
import { finish } from './graph.ts';
import { linear } from './linear.ts';
import type { Activation } from './mlp.ts';
import { gatedMlp, plainMlp } from './mlp.ts';
import type { NormKind } from './norm.ts';
import { addNorm, norm } from './norm.ts';
import type { Value } from './onnx.ts';
import { GraphBuilder } from './onnx.ts';
import { rotary } from './rotary.ts';
import type { ConstantWeights, LinearFormat } from './weights.ts';
import { WeightBinder } from './weights.ts';

/** The ε of a vision tower's norms is fixed in transformers' implementation, not in the config. */
const EPSILON = 1e-6;

export interface VisionDims {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  /** Left out: RMSNorm. */
  readonly norm?: NormKind;
  /** Left out: gated by SiLU. */
  readonly mlp?:
    | { readonly kind: 'gated' }
    | {
        readonly kind: 'plain';
        readonly activation: Activation;
        readonly names: readonly [widen: string, narrow: string];
      };
}

export interface PatchEmbedOptions {
  readonly bias?: boolean;
  /** Entries of the learned position table; left out: none is added. */
  readonly positions?: number;
}

/**
 * `pixels [N, patchDim] → hidden [N, D]`. The checkpoint's Conv3d has kernel = stride, so it is one matrix,
 * kept in float32 (1 M weights at 7B). With a position table, int64 `position_rows [4, N]` and `position_weights [4, N, 1]` say
 * what is added of it (`positionTaps`).
 */
export function patchEmbedGraph(
  patchDim: number,
  hiddenSize: number,
  constants?: ConstantWeights,
  { bias = false, positions }: PatchEmbedOptions = {},
): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const pixels = graph.input('pixels', 'float32', ['N', patchDim]);
  const shape = { out: hiddenSize, in: patchDim, bias };
  const embedded = linear(graph, weights, pixels, 'proj', shape, 'f32');
  const hidden =
    positions === undefined ? embedded : addPositions(graph, weights, embedded, positions, hiddenSize);
  graph.output('hidden_out', hidden, 'float32', ['N', hiddenSize]);
  return finish(graph, weights);
}

function addPositions(
  graph: GraphBuilder,
  weights: WeightBinder,
  embedded: Value,
  positions: number,
  hiddenSize: number,
): Value {
  const [table] = weights.matrix('pos_embed.weight', positions, hiddenSize, 'f32').values as [Value];
  const rows = graph.input('position_rows', 'int64', [4, 'N']);
  const shares = graph.input('position_weights', 'float32', [4, 'N', 1]);
  let sum = embedded;
  // One tap after another: four at once would take four times the memory of the patches.
  for (let tap = 0; tap < 4; tap++) {
    const of = (values: Value): Value => graph.op('Gather', [values, graph.int64s(tap)], { axis: 0 });
    const entries = graph.op('Gather', [table, of(rows)], { axis: 0 });
    sum = graph.op('Add', [sum, graph.op('Mul', [entries, of(shares)])]);
  }
  return graph.op('Reshape', [sum, graph.int64s(-1, hiddenSize)]);
}

/**
 * `hidden [W, P, D] → hidden_out [W, P, D]` with rotary angles `cos`, `sin [T, headDim/2]` and
 * int64 `positions [W, P]`, the row of them each patch takes. Attention
 * stays within each of the W sequences: windows of equal size for a window block, one sequence of all patches
 * for a full-attention block. Same graph, same weights.
 */
export function visionBlockGraph(dims: VisionDims, format: LinearFormat, constants?: ConstantWeights): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const { hiddenSize, heads } = dims;
  const headDim = hiddenSize / heads;
  const hidden = graph.input('hidden', 'float32', ['W', 'P', hiddenSize]);
  const windowShape = graph.input('batch_shape', 'int64', [3]);
  const angles = {
    positions: graph.input('positions', 'int64', ['W', 'P']),
    cos: graph.input('cos', 'float32', ['T', headDim / 2]),
    sin: graph.input('sin', 'float32', ['T', headDim / 2]),
  };

  const norms = { kind: dims.norm ?? 'rms', size: hiddenSize, epsilon: EPSILON } as const;
  const x = graph.op('Reshape', [norm(graph, weights, hidden, 'norm1', norms), graph.int64s(-1, hiddenSize)]);
  const qkvShape = { out: 3 * hiddenSize, in: hiddenSize, bias: true };
  const qkv = graph.op('Reshape', [linear(graph, weights, x, 'attn.qkv', qkvShape, format), windowShape]);
  const [query, key, value] = graph.opAll('Split', [qkv], { axis: -1, num_outputs: 3 }, 3) as [
    typeof qkv,
    typeof qkv,
    typeof qkv,
  ];
  const rotated = [query, key].map((part) => rotary(graph, part, angles, heads));
  const context = graph.contrib('MultiHeadAttention', [...rotated, value], { num_heads: heads });
  const flatContext = graph.op('Reshape', [context, graph.int64s(-1, hiddenSize)]);
  const projShape = { out: hiddenSize, in: hiddenSize, bias: true };
  const attention = linear(graph, weights, flatContext, 'attn.proj', projShape, format);

  const contribution = graph.op('Reshape', [attention, windowShape]);
  const [normed, afterAttention] = addNorm(graph, weights, hidden, contribution, 'norm2', norms);
  const flatNormed = graph.op('Reshape', [normed, graph.int64s(-1, hiddenSize)]);
  const mlp = visionMlp(graph, weights, flatNormed, dims, format);
  const out = graph.op('Add', [afterAttention, graph.op('Reshape', [mlp, windowShape])]);
  graph.output('hidden_out', out, 'float32', ['W', 'P', hiddenSize]);
  return finish(graph, weights);
}

function visionMlp(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  { hiddenSize, intermediateSize: intermediate, mlp = { kind: 'gated' } }: VisionDims,
  format: LinearFormat,
): Value {
  if (mlp.kind === 'gated') {
    return gatedMlp(graph, weights, x, 'mlp.', { hidden: hiddenSize, intermediate, bias: true }, format);
  }
  const names = [`mlp.${mlp.names[0]}`, `mlp.${mlp.names[1]}`] as const;
  const { activation } = mlp;
  return plainMlp(
    graph,
    weights,
    x,
    { names, activation, in: hiddenSize, intermediate, out: hiddenSize },
    format,
  );
}

export interface ProjectorDims {
  readonly hiddenSize: number;
  readonly merge: number;
  readonly outHiddenSize: number;
  /** Left out: RMSNorm. */
  readonly norm?: NormKind;
  /** Left out: `ln_q`, `mlp.0`, `mlp.2`. */
  readonly names?: readonly [norm: string, widen: string, narrow: string];
  /** The norm goes over the m² patches side by side, not over each. */
  readonly mergesFirst?: boolean;
}

/**
 * The projector: `hidden [N, D] → embeddings [N / m², outHiddenSize]`, norm, the m² patches of a merge unit
 * side by side (or the other way about), two linear layers with GELU (exact) between.
 */
export function projectorGraph(
  {
    hiddenSize,
    merge,
    outHiddenSize,
    norm: kind = 'rms',
    names = MERGER,
    mergesFirst = false,
  }: ProjectorDims,
  format: LinearFormat,
  constants?: ConstantWeights,
): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const width = hiddenSize * merge ** 2;
  const hidden = graph.input('hidden', 'float32', ['N', hiddenSize]);
  const sideBySide = (x: Value): Value => graph.op('Reshape', [x, graph.int64s(-1, width)]);
  const normed = (x: Value, size: number): Value =>
    norm(graph, weights, x, names[0], { kind, size, epsilon: EPSILON });
  const merged = mergesFirst ? normed(sideBySide(hidden), width) : sideBySide(normed(hidden, hiddenSize));
  const mlp = { names: [names[1], names[2]], activation: 'gelu', in: width, intermediate: width } as const;
  const embeddings = plainMlp(graph, weights, merged, { ...mlp, out: outHiddenSize }, format);
  graph.output('embeddings', embeddings, 'float32', ['M', outHiddenSize]);
  return finish(graph, weights);
}

const MERGER = ['ln_q', 'mlp.0', 'mlp.2'] as const;
