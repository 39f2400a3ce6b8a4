/** What the engine asks of a device: compiled graphs, tensors, runs. Two implementations, the same numbers. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Graph } from '../../graph/graph.ts';
import type { ElementType } from '../../graph/onnx.ts';
import type { Device } from '../protocol/device.ts';
import type { BufferBytes } from './buffer-account.ts';

export type { Tensor } from 'onnxruntime-web';

/** Host data of a tensor, by element type. */
export interface HostArrays {
  float32: Float32Array;
  float16: Uint16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

/** A graph ready to run. */
export interface Compiled {
  readonly session: InferenceSession;
  readonly outputs: readonly string[];
}

export type Feeds = Record<string, Tensor>;

export interface RunOptions {
  /** Device tensors that outputs are written to; only where `sharedCache`. */
  readonly into?: Feeds;
  /** Which outputs are wanted; all by default. Bringing one back that is not costs a copy. */
  readonly wanted?: (output: string) => boolean;
}

/** Byte offsets into source and target. */
export interface CopyRange {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

export interface Backend {
  readonly device: Device;
  /** What computes, as far as it tells (`adapter-name.ts`): results of another are never gone on with. */
  readonly adapter: string;
  /** Weights are constants of the compiled graphs (WASM) rather than inputs bound at each run (WebGPU). */
  readonly constantWeights: boolean;
  /** Whether tensors of half precision can be computed with at all. */
  readonly halfPrecision: boolean;
  /** `present_key/value` may be the very tensors given as `past_key/value`, updated in place. */
  readonly sharedCache: boolean;
  /** Largest tensor in bytes that a run can bind. */
  readonly maxTensorBytes: number;
  /** Bytes of all live tensors made by `upload` and `zeros`. */
  readonly heldBytes: number;
  /** Where the device is a GPU: bytes of all its buffers, also those that runs make for themselves. */
  readonly buffers?: BufferBytes;
  /** `hostOutputs` are read back with the run; the others stay on the device. */
  compile(graph: Graph, hostOutputs?: readonly string[]): Promise<Compiled>;
  releaseGraph(compiled: Compiled): Promise<void>;
  /** A tensor on the device with a copy of `data`. */
  upload<T extends ElementType>(type: T, dims: readonly number[], data: HostArrays[T]): Tensor;
  /** A tensor in host memory, for inputs that operators read on the CPU (shapes, lengths). */
  host<T extends ElementType>(type: T, dims: readonly number[], data: HostArrays[T]): Tensor;
  /** Zero-initialised. @throws NamedError `OutOfMemory` with have and need. */
  zeros(type: ElementType, dims: readonly number[]): Promise<Tensor>;
  /** Overwrites bytes of a device tensor. */
  write(target: Tensor, byteOffset: number, bytes: Uint8Array): void;
  /** Copies byte ranges, one after the other, between two device tensors; unless the cache is shared, their storage may be the same. */
  copy(source: Tensor, target: Tensor, ranges: readonly CopyRange[]): void;
  /** The same storage read with other dims of no more elements. Not to be disposed. */
  view(tensor: Tensor, dims: readonly number[]): Tensor;
  run(compiled: Compiled, feeds: Feeds, options?: RunOptions): Promise<Feeds>;
  read(tensor: Tensor): Promise<Float32Array>;
  dispose(tensor: Tensor): void;
  /** Resolves with the reason when the device is gone for good. */
  readonly lost: Promise<string>;
  destroy(): Promise<void>;
}
