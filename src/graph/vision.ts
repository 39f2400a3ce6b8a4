/** Graphs of the Qwen2.5-VL vision tower: patch embedding, one transformer block, the projector ("merger"). */
import type { Graph } from './graph.ts';
import { finish } from './graph.ts';
import { linear } from './linear.ts';
import { gatedMlp } from './mlp.ts';
import { addRmsNorm, rmsNorm } from './norm.ts';
import { GraphBuilder } from './onnx.ts';
import { rotary } from './rotary.ts';
import type { ConstantWeights, LinearFormat } from './weights.ts';
import { WeightBinder } from './weights.ts';

/** The vision tower's RMSNorm ε is fixed in transformers' implementation, not in the config. */
const VISION_RMS_NORM_EPS = 1e-6;

export interface VisionDims {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
}

/**
 * `pixels [N, patchDim] → hidden [N, D]`. The checkpoint's Conv3d has kernel = stride, so it is one matrix,
 * kept in float32 (1 M weights at 7B).
 */
export function patchEmbedGraph(patchDim: number, hiddenSize: number, constants?: ConstantWeights): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const pixels = graph.input('pixels', 'float32', ['N', patchDim]);
  const shape = { out: hiddenSize, in: patchDim, bias: false };
  const hidden = linear(graph, weights, pixels, 'proj', shape, 'f32');
  graph.output('hidden_out', hidden, 'float32', ['N', hiddenSize]);
  return finish(graph, weights);
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

  const norm1 = weights.vector('norm1.weight', hiddenSize);
  const x = graph.op('Reshape', [
    rmsNorm(graph, hidden, norm1, VISION_RMS_NORM_EPS),
    graph.int64s(-1, hiddenSize),
  ]);
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

  const norm2 = weights.vector('norm2.weight', hiddenSize);
  const [normed, afterAttention] = addRmsNorm(
    graph,
    hidden,
    graph.op('Reshape', [attention, windowShape]),
    norm2,
    VISION_RMS_NORM_EPS,
  );
  const mlpDims = { hidden: hiddenSize, intermediate: dims.intermediateSize, bias: true };
  const flatNormed = graph.op('Reshape', [normed, graph.int64s(-1, hiddenSize)]);
  const mlp = gatedMlp(graph, weights, flatNormed, 'mlp.', mlpDims, format);
  const out = graph.op('Add', [afterAttention, graph.op('Reshape', [mlp, windowShape])]);
  graph.output('hidden_out', out, 'float32', ['W', 'P', hiddenSize]);
  return finish(graph, weights);
}

/**
 * The projector: `hidden [N, D] → embeddings [N / m², outHiddenSize]`, RMSNorm, the m² patches of a merge unit
 * side by side, two linear layers with GELU (exact) between.
 */
export function projectorGraph(
  dims: { readonly hiddenSize: number; readonly merge: number; readonly outHiddenSize: number },
  format: LinearFormat,
  constants?: ConstantWeights,
): Graph {
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph, constants);
  const width = dims.hiddenSize * dims.merge ** 2;
  const hidden = graph.input('hidden', 'float32', ['N', dims.hiddenSize]);
  const norm = weights.vector('ln_q.weight', dims.hiddenSize);
  const merged = graph.op('Reshape', [
    rmsNorm(graph, hidden, norm, VISION_RMS_NORM_EPS),
    graph.int64s(-1, width),
  ]);
  const square = { out: width, in: width, bias: true };
  const inner = graph.op('Gelu', [linear(graph, weights, merged, 'mlp.0', square, format)]);
  const narrow = { out: dims.outHiddenSize, in: width, bias: true };
  const embeddings = linear(graph, weights, inner, 'mlp.2', narrow, format);
  graph.output('embeddings', embeddings, 'float32', ['M', dims.outHiddenSize]);
  return finish(graph, weights);
}
