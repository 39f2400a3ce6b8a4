/** What a node's input is made of, where that is tensors of the file alone. */
import type { OnnxGraph, OnnxNode } from './graph.ts';
import { FLOAT, floatDtype, type OnnxTensor } from './tensor.ts';

/** A matrix, vector or filter: plain numbers, or codes with scales. */
export interface Constant {
  readonly tensor: OnnxTensor;
  readonly quantized: Quantized | null;
  /** Whether it is turned round after it was read. */
  readonly transposed: boolean;
  /** Whether it is then taken in another shape. */
  readonly reshaped: boolean;
}

/** As `DequantizeLinear` spells it. */
export interface Quantized {
  readonly scale: OnnxTensor;
  readonly zero: OnnxTensor | null;
  readonly axis: number;
  /** 0 where a scale holds for the whole tensor or for one place of the axis. */
  readonly block: number;
}

/** Nodes that only pass on, between a weight and its use. */
const LONGEST_CHAIN = 8;

/** The tensor of that name, here or in a graph around this. */
export function tensorNamed(graph: OnnxGraph, name: string | undefined): OnnxTensor | null {
  if (name === undefined || name === '') return null;
  for (let scope: OnnxGraph | null = graph; scope; scope = scope.outer) {
    const tensor = scope.tensors.get(name);
    if (tensor) return tensor;
  }
  return null;
}

function makerOf(graph: OnnxGraph, name: string): OnnxNode | null {
  for (let scope: OnnxGraph | null = graph; scope; scope = scope.outer) {
    const maker = scope.makers.get(name);
    if (maker) return maker;
  }
  return null;
}

/** Null where the value depends on what the model is given. */
export function constantOf(graph: OnnxGraph, name: string | undefined, chain = 0): Constant | null {
  if (name === undefined || name === '' || chain > LONGEST_CHAIN) return null;
  const tensor = tensorNamed(graph, name);
  if (tensor) return { tensor, quantized: null, transposed: false, reshaped: false };
  const maker = makerOf(graph, name);
  if (!maker) return null;
  const [input, second, third] = maker.inputs;
  if (maker.op === 'DequantizeLinear') {
    const codes = constantOf(graph, input, chain + 1);
    const scale = tensorNamed(graph, second);
    if (!codes || !scale || codes.quantized) return null;
    const axis = maker.numbers.get('axis') ?? 1;
    const block = maker.numbers.get('block_size') ?? 0;
    // Codes turned round before they are scaled: the axis counts from the other side.
    const stored = codes.transposed ? 1 - (axis < 0 ? axis + 2 : axis) : axis;
    return { ...codes, quantized: { scale, zero: tensorNamed(graph, third), axis: stored, block } };
  }
  if (!PASSING.has(maker.op)) return null;
  const inner = constantOf(graph, input, chain + 1);
  if (!inner) return null;
  if (maker.op === 'Transpose') {
    const turned = inner.tensor.dims.length === 2 && (maker.perm === null || maker.perm.join() === '1,0');
    return turned ? { ...inner, transposed: !inner.transposed } : null;
  }
  if (maker.op === 'Reshape') return inner.transposed ? null : { ...inner, reshaped: true };
  if (maker.op === 'Cast' && !isWidening(inner, maker.numbers.get('to') ?? 0)) return null;
  return inner;
}

const PASSING: ReadonlySet<string> = new Set(['Transpose', 'Cast', 'Identity', 'Reshape']);

/** A cast that changes no value; another hides what the weight is. */
function isWidening({ tensor, quantized }: Constant, to: number): boolean {
  const from = quantized ? quantized.scale.type : tensor.type;
  return floatDtype(from) !== null && (to === from || to === FLOAT);
}
