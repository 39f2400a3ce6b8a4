import { describe, expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import type { Feed } from '../engine/testing/run-graph.ts';
import { float32, int64, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { values } from './testing/random.ts';
import type { Numbers } from './testing/reference.ts';
import { add, attentionOf, gatedMlpOf, geluOf, linearOf, rmsNormOf, rotaryOf } from './testing/reference.ts';
import { patchEmbedGraph, projectorGraph, visionBlockGraph } from './vision.ts';

const EPSILON = 1e-6;
const dims = { hiddenSize: 48, intermediateSize: 52, heads: 3 };
const headDim = dims.hiddenSize / dims.heads;

function blockFeeds(hidden: Numbers, windows: number, patches: number, angles: Numbers, offset = 0) {
  const table = [angles.length / (headDim / 2), headDim / 2];
  const positions = Array.from({ length: windows * patches }, (_, index) => offset + index);
  return {
    hidden: float32([windows * patches, dims.hiddenSize], hidden),
    batch_shape: int64([3], [windows, patches, -1]),
    cos: float32(table, Array.from(angles, Math.cos)),
    sin: float32(table, Array.from(angles, Math.sin)),
    positions: int64([windows, patches], positions),
  } satisfies Record<string, Feed>;
}

function blockOf(
  hidden: Numbers,
  windows: number,
  patches: number,
  angles: Numbers,
  of: (name: string) => Numbers,
) {
  const D = dims.hiddenSize;
  const x = rmsNormOf(hidden, of('norm1.weight'), EPSILON);
  const qkv = linearOf(x, of('attn.qkv.weight'), of('attn.qkv.bias'), D);
  const third = (part: number): number[] =>
    qkv.filter((_, index) => Math.floor((index % (3 * D)) / D) === part);
  const rows = Array.from({ length: windows * patches }, (_, index) => index);
  const rotated = (part: number): number[] => rotaryOf(third(part), headDim, D, angles, rows);
  const { heads } = dims;
  const shape = { rows: windows, length: patches, heads, kvHeads: heads, headDim, causal: false };
  const context = attentionOf(rotated(0), rotated(1), third(2), shape);
  const after = add(hidden, linearOf(context, of('attn.proj.weight'), of('attn.proj.bias'), D));
  const mlp = gatedMlpOf(
    rmsNormOf(after, of('norm2.weight'), EPSILON),
    {
      gate: of('mlp.gate_proj.weight'),
      up: of('mlp.up_proj.weight'),
      down: of('mlp.down_proj.weight'),
      gateBias: of('mlp.gate_proj.bias'),
      upBias: of('mlp.up_proj.bias'),
      downBias: of('mlp.down_proj.bias'),
    },
    D,
    dims.intermediateSize,
  );
  return add(after, mlp);
}

describe('a vision block', () => {
  const [windows, patches] = [3, 4];
  const size = patches * dims.hiddenSize;
  const hidden = values(windows * size, 1);
  const angles = values((windows * patches * headDim) / 2, 2, 3);

  it.each(['f32', 'f16', 'q8'] as const)('in %s computes what its formulas say', async (format) => {
    const graph = visionBlockGraph(dims, format);
    const weights = testWeights(graph.weights);
    const feeds = blockFeeds(hidden, windows, patches, angles);
    const result = await runModel(graph.model, { ...feeds, ...weights.feeds });
    const expected = blockOf(hidden, windows, patches, angles, weights.of);
    expect(relativeError(result('hidden_out'), expected)).toBeLessThan(3e-6);
    const baked = visionBlockGraph(dims, format, weights.constants);
    const constant = await runModel(baked.model, feeds);
    expect([...constant('hidden_out')]).toEqual([...result('hidden_out')]);
  });

  it('keeps windows apart: a batch of them equals each by itself', async () => {
    const graph = visionBlockGraph(dims, 'f32');
    const weights = testWeights(graph.weights);
    const batch = await runModel(graph.model, {
      ...blockFeeds(hidden, windows, patches, angles),
      ...weights.feeds,
    });
    for (let window = 0; window < windows; window++) {
      const own = hidden.subarray(window * size, (window + 1) * size);
      const alone = await runModel(graph.model, {
        ...blockFeeds(own, 1, patches, angles, window * patches),
        ...weights.feeds,
      });
      const part = batch('hidden_out').subarray(window * size, (window + 1) * size);
      expect(relativeError(part, alone('hidden_out'))).toBeLessThan(1e-6);
    }
    // And not by chance: all patches in one sequence give something else.
    const together = await runModel(graph.model, {
      ...blockFeeds(hidden, 1, windows * patches, angles),
      ...weights.feeds,
    });
    expect(relativeError(together('hidden_out'), batch('hidden_out'))).toBeGreaterThan(1e-3);
  });
});

it('the patch embedding is one matrix product', async () => {
  const [patchDim, hiddenSize, patches] = [1176, 20, 4];
  const graph = patchEmbedGraph(patchDim, hiddenSize);
  const weights = testWeights(graph.weights);
  const pixels = values(patches * patchDim, 3);
  const result = await runModel(graph.model, {
    pixels: float32([patches, patchDim], pixels),
    ...weights.feeds,
  });
  const expected = linearOf(pixels, weights.of('proj.weight'), null, patchDim);
  expect(relativeError(result('hidden_out'), expected)).toBeLessThan(3e-6);
});

it.each(['f32', 'q8'] as const)(
  'the projector in %s: norm, four patches abreast, two layers with exact GELU',
  async (format) => {
    const sizes = { hiddenSize: 12, merge: 2, outHiddenSize: 20 };
    const graph = projectorGraph(sizes, format);
    const weights = testWeights(graph.weights, 2);
    const hidden = values(8 * sizes.hiddenSize, 4, 2);
    const result = await runModel(graph.model, {
      hidden: float32([8, sizes.hiddenSize], hidden),
      ...weights.feeds,
    });
    const { of } = weights;
    const merged = rmsNormOf(hidden, of('ln_q.weight'), EPSILON);
    const inner = linearOf(merged, of('mlp.0.weight'), of('mlp.0.bias'), 48).map(geluOf);
    const expected = linearOf(inner, of('mlp.2.weight'), of('mlp.2.bias'), 48);
    expect(result.dims('embeddings')).toEqual([2, sizes.outHiddenSize]);
    expect(relativeError(result('embeddings'), expected)).toBeLessThan(3e-6);
  },
);
