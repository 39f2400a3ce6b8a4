/** Runs a model once on the CPU build of onnxruntime-web. */
import { ort } from './one-thread-ort.ts';
import type { ElementType } from '../../graph/onnx.ts';

type Data = Float32Array | Uint8Array | Uint16Array | Int32Array | BigInt64Array;
export type Feed = readonly [type: ElementType, dims: readonly number[], data: Data];

export const float32 = (dims: readonly number[], data: ArrayLike<number>): Feed => [
  'float32',
  dims,
  Float32Array.from(data),
];
export const int64 = (dims: readonly number[], data: readonly number[]): Feed => [
  'int64',
  dims,
  BigInt64Array.from(data, BigInt),
];
export const int32 = (dims: readonly number[], data: readonly number[]): Feed => [
  'int32',
  dims,
  Int32Array.from(data),
];
export const bool = (dims: readonly number[], data: readonly number[]): Feed => [
  'bool',
  dims,
  Uint8Array.from(data),
];

export interface RunResult {
  /** @throws RangeError for a name the graph does not put out. */
  (name: string): Float32Array;
  dims(name: string): readonly number[];
  integers(name: string): number[];
}

export async function runModel(model: Uint8Array, feeds: Readonly<Record<string, Feed>>): Promise<RunResult> {
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  try {
    const tensors = Object.entries(feeds).map(([name, [type, dims, data]]) => [
      name,
      new ort.Tensor(type, data as never, dims),
    ]);
    const outputs = await session.run(Object.fromEntries(tensors) as Record<string, ort.Tensor>);
    const find = (name: string): ort.Tensor => {
      const output = outputs[name];
      if (!output) throw new RangeError(`no output ${name}`);
      return output;
    };
    return Object.assign((name: string) => find(name).data as Float32Array, {
      dims: (name: string) => find(name).dims,
      integers: (name: string) => Array.from(find(name).data as BigInt64Array, Number),
    });
  } finally {
    await session.release();
  }
}
