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
import { rotary, type RotaryInputs } from './rotary.ts';
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
  options: PatchEmbedOptions = {},
): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const names = ['proj', 'pos_embed.weight'] as const;
  const hidden = patchEmbedding(graph, weights, { patchDim, hiddenSize, names, ...options });
  graph.output('hidden_out', hidden, 'float32', ['N', hiddenSize]);
  return finish(graph, weights);
}

interface PatchEmbedSpec extends PatchEmbedOptions {
  readonly patchDim: number;
  readonly hiddenSize: number;
  readonly names: readonly [projection: string, positions: string];
}

/** `images`: int64 `[3]`, images, patches of one, -1; left out, there is one image. Each takes the same of the position table. */
function patchEmbedding(
  graph: GraphBuilder,
  weights: WeightBinder,
  { patchDim, hiddenSize, bias = false, positions, names }: PatchEmbedSpec,
  images?: Value,
): Value {
  const pixels = graph.input('pixels', 'float32', ['N', patchDim]);
  const shape = { out: hiddenSize, in: patchDim, bias };
  const embedded = linear(graph, weights, pixels, names[0], shape, 'f32');
  if (positions === undefined) return embedded;
  const byImage = images === undefined ? embedded : graph.op('Reshape', [embedded, images]);
  const table = weights.matrix(names[1], positions, hiddenSize, 'f32').values[0] as Value;
  return addPositions(graph, byImage, table, hiddenSize);
}

function addPositions(graph: GraphBuilder, embedded: Value, table: Value, hiddenSize: number): Value {
  const rows = graph.input('position_rows', 'int64', [4, 'P']);
  const shares = graph.input('position_weights', 'float32', [4, 'P', 1]);
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
 * `hidden [N, D] → hidden_out [N, D]`, the patches of W sequences of P each, one after another, as int64 `batch_shape = [W, P, -1]` says, with
 * rotary angles `cos`, `sin [T, headDim/2]` and int64 `positions [W, P]`, the row of them each patch takes. Attention
 * stays within each of the W sequences: windows of equal size for a window block, one sequence of all patches
 * for a full-attention block. Same graph, same weights.
 */
export function visionBlockGraph(dims: VisionDims, format: LinearFormat, constants?: ConstantWeights): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const hidden = graph.input('hidden', 'float32', ['N', dims.hiddenSize]);
  const sequences = sequencesOf(graph, '', 'W', 'P');
  const angles = anglesOf(graph, dims);
  const out = visionBlock(graph, weights, hidden, { ...sequences, ...angles }, dims, format, '');
  graph.output('hidden_out', out, 'float32', ['N', dims.hiddenSize]);
  return finish(graph, weights);
}

/** Which patches attend among themselves, and the rows of the rotary table they take. */
interface Sequences {
  readonly shape: Value;
  readonly positions: Value;
}

function sequencesOf(graph: GraphBuilder, prefix: string, batch: string, length: string): Sequences {
  return {
    shape: graph.input(`${prefix}batch_shape`, 'int64', [3]),
    positions: graph.input(`${prefix}positions`, 'int64', [batch, length]),
  };
}

function anglesOf(graph: GraphBuilder, { hiddenSize, heads }: VisionDims): Pick<RotaryInputs, 'cos' | 'sin'> {
  const half = hiddenSize / heads / 2;
  return {
    cos: graph.input('cos', 'float32', ['T', half]),
    sin: graph.input('sin', 'float32', ['T', half]),
  };
}

/** One block on `hidden [N, D]`; weights are called `prefix` and what they are. */
function visionBlock(
  graph: GraphBuilder,
  weights: WeightBinder,
  hidden: Value,
  { shape, ...angles }: Sequences & RotaryInputs,
  dims: VisionDims,
  format: LinearFormat,
  prefix: string,
): Value {
  const { hiddenSize, heads } = dims;
  const norms = { kind: dims.norm ?? 'rms', size: hiddenSize, epsilon: EPSILON } as const;
  const x = norm(graph, weights, hidden, `${prefix}norm1`, norms);
  const qkvShape = { out: 3 * hiddenSize, in: hiddenSize, bias: true };
  const qkv = graph.op('Reshape', [linear(graph, weights, x, `${prefix}attn.qkv`, qkvShape, format), shape]);
  const [query, key, value] = graph.opAll('Split', [qkv], { axis: -1, num_outputs: 3 }, 3) as [
    Value,
    Value,
    Value,
  ];
  const rotated = [query, key].map((part) => rotary(graph, part, angles, heads));
  const context = graph.contrib('MultiHeadAttention', [...rotated, value], { num_heads: heads });
  const flatContext = graph.op('Reshape', [context, graph.int64s(-1, hiddenSize)]);
  const projShape = { out: hiddenSize, in: hiddenSize, bias: true };
  const attention = linear(graph, weights, flatContext, `${prefix}attn.proj`, projShape, format);
  const [normed, afterAttention] = addNorm(graph, weights, hidden, attention, `${prefix}norm2`, norms);
  return graph.op('Add', [afterAttention, visionMlp(graph, weights, normed, dims, format, prefix)]);
}

function visionMlp(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  { hiddenSize, intermediateSize: intermediate, mlp = { kind: 'gated' } }: VisionDims,
  format: LinearFormat,
  prefix: string,
): Value {
  if (mlp.kind === 'gated') {
    const sizes = { hidden: hiddenSize, intermediate, bias: true };
    return gatedMlp(graph, weights, x, `${prefix}mlp.`, sizes, format);
  }
  const names = [`${prefix}mlp.${mlp.names[0]}`, `${prefix}mlp.${mlp.names[1]}`] as const;
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
  dims: ProjectorDims,
  format: LinearFormat,
  constants?: ConstantWeights,
): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const hidden = graph.input('hidden', 'float32', ['N', dims.hiddenSize]);
  const embeddings = projection(graph, weights, hidden, dims, format, '');
  graph.output('embeddings', embeddings, 'float32', ['M', dims.outHiddenSize]);
  return finish(graph, weights);
}

function projection(
  graph: GraphBuilder,
  weights: WeightBinder,
  hidden: Value,
  dims: ProjectorDims,
  format: LinearFormat,
  prefix: string,
): Value {
  const { hiddenSize, merge, outHiddenSize: out, norm: kind = 'rms', mergesFirst = false } = dims;
  const [normName, widen, narrow] = (dims.names ?? MERGER).map((name) => prefix + name) as [
    string,
    string,
    string,
  ];
  const width = hiddenSize * merge ** 2;
  const sideBySide = (x: Value): Value => graph.op('Reshape', [x, graph.int64s(-1, width)]);
  const normed = (x: Value, size: number): Value =>
    norm(graph, weights, x, normName, { kind, size, epsilon: EPSILON });
  const merged = mergesFirst ? normed(sideBySide(hidden), width) : sideBySide(normed(hidden, hiddenSize));
  const mlp = { names: [widen, narrow], activation: 'gelu', in: width, intermediate: width, out } as const;
  return plainMlp(graph, weights, merged, mlp, format);
}

const MERGER = ['ln_q', 'mlp.0', 'mlp.2'] as const;

/** A tower that is one graph, and what its weights are called. */
export interface VisionTowerSpec {
  readonly patchEmbed: Omit<PatchEmbedSpec, 'hiddenSize'>;
  readonly block: VisionDims;
  /** In order; `whole`: it attends over the whole image instead of windows. */
  readonly blocks: readonly { readonly whole: boolean; readonly prefix: string }[];
  /** Each reads the output of a block. */
  readonly projectors: readonly {
    readonly dims: ProjectorDims;
    readonly afterBlock: number;
    readonly prefix: string;
  }[];
  readonly format: LinearFormat;
}

/**
 * All of a tower on images of one grid whose windows are of one size: `pixels [N, patchDim]`, patches window by window, image by image, with the
 * rotary angles and position taps of one image. int64 `window_batch_shape = [W, P, -1]` and `window_positions [W, P]` tell which patches attend
 * among themselves in window blocks, as `visionBlockGraph` takes them, `image_batch_shape` and `image_positions` in those over whole images.
 * Out comes `i.embeddings [N / m², outHiddenSize]` of each projector.
 */
export function visionTowerGraph(
  { patchEmbed, block, blocks, projectors, format }: VisionTowerSpec,
  constants?: ConstantWeights,
): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const { hiddenSize } = block;
  const image = sequencesOf(graph, 'image_', 'I', 'T');
  const windows = sequencesOf(graph, 'window_', 'W', 'P');
  const angles = anglesOf(graph, block);
  let hidden = patchEmbedding(graph, weights, { ...patchEmbed, hiddenSize }, image.shape);
  blocks.forEach(({ whole, prefix }, index) => {
    const sequences = { ...(whole ? image : windows), ...angles };
    hidden = visionBlock(graph, weights, hidden, sequences, block, format, prefix);
    projectors.forEach(({ dims, afterBlock, prefix: name }, projector) => {
      if (afterBlock !== index) return;
      const embeddings = projection(graph, weights, hidden, dims, format, name);
      graph.output(`${projector}.embeddings`, embeddings, 'float32', [`M${projector}`, dims.outHiddenSize]);
    });
  });
  return finish(graph, weights);
}
