import type { GraphBuilder, Value } from './onnx.ts';
import { NONE } from './onnx.ts';
import type { LinearFormat, WeightBinder } from './weights.ts';
import { blocksOf } from './weights.ts';

export interface LinearShape {
  readonly out: number;
  readonly in: number;
  readonly bias: boolean;
}

/**
 * `y = x Wᵀ + b` for `x [rows, in]`, with W as safetensors stores it, `[out, in]`. Float formats go through
 * Gemm (f16 weights are widened first: arithmetic stays float32), quantized ones through MatMulNBits.
 * `name` is the module's, e.g. `0.self_attn.q_proj`.
 */
export function linear(
  graph: GraphBuilder,
  weights: WeightBinder,
  x: Value,
  name: string,
  shape: LinearShape,
  format: LinearFormat,
): Value {
  const { values, block } = weights.matrix(`${name}.weight`, shape.out, shape.in, format);
  const [first, ...rest] = values as [Value, ...Value[]];
  const bias = shape.bias ? weights.vector(`${name}.bias`, shape.out) : NONE;
  const blocks = blocksOf(format);
  if (blocks) {
    const [scales = NONE, zeroPoints = NONE] = rest;
    const given = [x, first, scales, zeroPoints, NONE, bias];
    const inputs = given.slice(0, given.findLastIndex((value) => value !== NONE) + 1);
    return graph.contrib('MatMulNBits', inputs, {
      K: shape.in,
      N: shape.out,
      bits: blocks.bits,
      block_size: block,
      accuracy_level: 0,
    });
  }
  const matrix = format === 'f16' ? graph.op('Cast', [first], { to: 1 }) : first;
  return graph.op('Gemm', shape.bias ? [x, matrix, bias] : [x, matrix], { transB: 1 });
}
