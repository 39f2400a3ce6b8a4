import { ort } from '../testing/one-thread-ort.ts';
import { describe, expect, it } from 'vitest';
import { linear } from '../../graph/linear.ts';
import { GraphBuilder } from '../../graph/onnx.ts';
import { WeightBinder } from '../../graph/weights.ts';
import { dequantizeBlocks, quantizeBlocks } from './quantize.ts';

const N = 6;

/** Our packed weights times the identity, by onnxruntime: the weights as its kernel understands them, `[K, N]`. */
async function weightsByOnnxruntime(
  packed: Uint8Array,
  scales: Float32Array,
  K: number,
  format: 'q4' | 'q8',
): Promise<Float32Array> {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [K, K]);
  const y = linear(graph, new WeightBinder(graph), x, 'm', { out: N, in: K, bias: false }, format);
  graph.output('y', y, 'float32', [K, N]);
  const session = await ort.InferenceSession.create(graph.encode(), { executionProviders: ['wasm'] });
  const identity = Float32Array.from({ length: K * K }, (_, index) => (index % (K + 1) === 0 ? 1 : 0));
  const dims = graph.inputs.map((input) => input.dims.map(Number));
  const { y: out } = await session.run({
    x: new ort.Tensor('float32', identity, [K, K]),
    'm.weight': new ort.Tensor('uint8', packed, dims[1]),
    'm.weight.scales': new ort.Tensor('float32', scales, dims[2]),
  });
  await session.release();
  return out?.data as Float32Array;
}

const BITS = { q4: 4, q8: 8 } as const;

describe('MatMulNBits', () => {
  it.each([
    ['q4', 64],
    ['q4', 72],
    ['q8', 64],
    ['q8', 72],
  ] as const)('reads %s weights of %d columns exactly as the reference does', async (format, K) => {
    const weights = Float32Array.from({ length: N * K }, (_, index) => 0.05 * Math.sin(3 * index ** 1.5));
    const { packed, scales } = quantizeBlocks(weights, N, K, BITS[format]);
    const expected = dequantizeBlocks(packed, scales, N, K, BITS[format]);
    const found = await weightsByOnnxruntime(packed, scales, K, format);
    const transposed = Float32Array.from(
      found,
      (_, index) => found[(index % K) * N + Math.floor(index / K)] ?? NaN,
    );
    // The kernel adds up zeros of both signs; a code of zero at a negative scale is −0.
    expect(transposed).toEqual(expected.map((weight) => weight + 0));
  });
});
