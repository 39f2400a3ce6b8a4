/** What some decoders do otherwise than others: no biases, norms of q and k, heads of any size, features added after layers. */
import { expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import { float32, int32, int64, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { decoderGraph } from './decoder.ts';
import { values } from './testing/random.ts';
import { add, decoderLayerOf } from './testing/reference.ts';

it('norms q and k head by head, without biases, and adds what is injected after a layer to every row', async () => {
  const dims = {
    ...{ hiddenSize: 40, intermediateSize: 52, heads: 6, kvHeads: 2, headDim: 8, rmsNormEps: 0.01 },
    ...{ qkvBias: false, qkNorm: true },
  };
  const [rows, length, layers] = [2, 5, 2];
  const graph = decoderGraph({
    ...{ dims, format: 'f32', layers, gates: false, swap: false, captureKv: false, attention: 'cached' },
    injections: [0],
  });
  const { of, feeds } = testWeights(graph.weights);
  const hidden = values(rows * length * dims.hiddenSize, 1);
  const angles = values((length * dims.headDim) / 2, 2, 3);
  const positions = Array.from({ length: rows * length }, (_, index) => index % length);
  const injection = values(length * dims.hiddenSize, 7, 2);
  const past = float32([rows, dims.kvHeads, 0, dims.headDim], []);
  const result = await runModel(graph.model, {
    ...feeds,
    hidden: float32([rows, length, dims.hiddenSize], hidden),
    batch_shape: int64([3], [rows, length, -1]),
    cos: float32([length, dims.headDim / 2], Array.from(angles, Math.cos)),
    sin: float32([length, dims.headDim / 2], Array.from(angles, Math.sin)),
    positions: int64([rows, length], positions),
    seqlens: int32([rows], [length - 1, length - 1]),
    total_length: int32([1], [length]),
    ...{ '0.past_key': past, '0.past_value': past, '1.past_key': past, '1.past_value': past },
    '0.injection': float32([1, length, dims.hiddenSize], injection),
  });
  const layer = (x: ArrayLike<number>, index: number): number[] =>
    decoderLayerOf({ hidden: x, rows, length, angles, positions }, dims, (name) => of(`${index}.${name}`))
      .out;
  const twice = [...Array.from(injection), ...Array.from(injection)];
  const expected = layer(add(layer(hidden, 0), twice), 1);
  expect(relativeError(result('hidden_out'), expected)).toBeLessThan(3e-6);
  expect(graph.weights.filter(({ name }) => name.endsWith('.bias'))).toEqual([]);
});
