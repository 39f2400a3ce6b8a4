/** What some vision towers do otherwise than others: norms, MLPs, where patches are merged, positions from a table. */
import { expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import { float32, int64, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { values } from './testing/random.ts';
import type { Numbers } from './testing/reference.ts';
import {
  add,
  attentionOf,
  geluOf,
  geluTanhOf,
  layerNormOf,
  linearOf,
  quickGeluOf,
  rotaryOf,
} from './testing/reference.ts';
import { patchEmbedGraph, projectorGraph, visionBlockGraph } from './vision.ts';

const EPSILON = 1e-6;

it.each([
  ['gelu-tanh', geluTanhOf],
  ['quick-gelu', quickGeluOf],
] as const)('a block with LayerNorm and a plain MLP of %s', async (activation, activate) => {
  const [D, heads, patches, inner] = [48, 3, 5, 52];
  const headDim = D / heads;
  const mlp = { kind: 'plain', activation, names: ['fc1', 'fc2'] } as const;
  const graph = visionBlockGraph(
    { hiddenSize: D, intermediateSize: inner, heads, norm: 'layer', mlp },
    'f32',
  );
  const { of, feeds } = testWeights(graph.weights);
  const hidden = values(patches * D, 1);
  const angles = values((patches * headDim) / 2, 2, 3);
  const rows = Array.from({ length: patches }, (_, row) => row);
  const result = await runModel(graph.model, {
    ...feeds,
    hidden: float32([patches, D], hidden),
    batch_shape: int64([3], [1, patches, -1]),
    cos: float32([patches, headDim / 2], Array.from(angles, Math.cos)),
    sin: float32([patches, headDim / 2], Array.from(angles, Math.sin)),
    positions: int64([1, patches], rows),
  });
  const norm = (x: Numbers, name: string): number[] =>
    layerNormOf(x, of(`${name}.weight`), of(`${name}.bias`), EPSILON);
  const linear = (x: Numbers, name: string, into: number): number[] =>
    linearOf(x, of(`${name}.weight`), of(`${name}.bias`), into);
  const qkv = linear(norm(hidden, 'norm1'), 'attn.qkv', D);
  const third = (part: number): number[] =>
    qkv.filter((_, index) => Math.floor((index % (3 * D)) / D) === part);
  const turned = (part: number): number[] => rotaryOf(third(part), headDim, D, angles, rows);
  const shape = { rows: 1, length: patches, heads, kvHeads: heads, headDim, causal: false };
  const after = add(hidden, linear(attentionOf(turned(0), turned(1), third(2), shape), 'attn.proj', D));
  const wide = linear(norm(after, 'norm2'), 'mlp.fc1', D).map(activate);
  expect(relativeError(result('hidden_out'), add(after, linear(wide, 'mlp.fc2', inner)))).toBeLessThan(3e-6);
});

it.each([false, true])('a projector with LayerNorm that merges patches first: %s', async (mergesFirst) => {
  const names = ['norm', 'linear_fc1', 'linear_fc2'] as const;
  const sizes = { hiddenSize: 12, merge: 2, outHiddenSize: 20, norm: 'layer', names, mergesFirst } as const;
  const graph = projectorGraph(sizes, 'f32');
  const { of, feeds } = testWeights(graph.weights, 2);
  const hidden = values(8 * 12, 4, 2);
  const result = await runModel(graph.model, { ...feeds, hidden: float32([8, 12], hidden) });
  expect(of('norm.weight')).toHaveLength(mergesFirst ? 48 : 12);
  const merged = layerNormOf(hidden, of('norm.weight'), of('norm.bias'), EPSILON);
  const inner = linearOf(merged, of('linear_fc1.weight'), of('linear_fc1.bias'), 48).map(geluOf);
  const expected = linearOf(inner, of('linear_fc2.weight'), of('linear_fc2.bias'), 48);
  expect(relativeError(result('embeddings'), expected)).toBeLessThan(3e-6);
});

it('a patch embedding with a bias and four taps of a position table', async () => {
  const [patchDim, D, patches, positions] = [24, 20, 3, 9];
  const graph = patchEmbedGraph(patchDim, D, undefined, { bias: true, positions });
  const { of, feeds } = testWeights(graph.weights);
  const pixels = values(patches * patchDim, 3);
  const rows = Array.from({ length: 4 * patches }, (_, index) => (index * 5) % positions);
  const shares = values(4 * patches, 5);
  const result = await runModel(graph.model, {
    ...feeds,
    pixels: float32([patches, patchDim], pixels),
    position_rows: int64([4, patches], rows),
    position_weights: float32([4, patches, 1], shares),
  });
  const table = of('pos_embed.weight');
  const expected = linearOf(pixels, of('proj.weight'), of('proj.bias'), patchDim).map((value, index) => {
    const [patch, column] = [Math.floor(index / D), index % D];
    const taps = [0, 1, 2, 3].map((tap) => tap * patches + patch);
    return taps.reduce(
      (sum, tap) => sum + (table[(rows[tap] ?? 0) * D + column] ?? NaN) * (shares[tap] ?? NaN),
      value,
    );
  });
  expect(result.dims('hidden_out')).toEqual([patches, D]);
  expect(relativeError(result('hidden_out'), expected)).toBeLessThan(3e-6);
});
