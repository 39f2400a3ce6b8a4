/** The CPU backend: onnxruntime compiled to WASM. Tensors are typed arrays; weights are graph constants. */
import type { Env, InferenceSessionFactory, TensorConstructor } from 'onnxruntime-web';
import type { Graph } from '../../graph/graph.ts';
import type { ElementType } from '../../graph/onnx.ts';
import { SerialQueue } from '../../work/queue.ts';
import { wasmName } from '../../work/adapter-name.ts';
import type { Backend, Compiled, CopyRange, Feeds, HostArrays, RunOptions, Tensor } from './backend.ts';
import { Ledger } from './ledger.ts';
import { asModuleError } from './module-error.ts';
import { Yielder } from '../../work/turns.ts';

/** The part of an onnxruntime-web entry point the backends use. */
export interface OrtModule {
  readonly env: Env;
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}

/** Protobuf messages, and so a graph with its constants, end at 2 GiB. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * Nodes are run one after the other all the same: this build has no threads to run several at once. But in the other mode, onnxruntime plans ahead which
 * tensors share memory, comparing each with all others: of a graph of twelve layers a third of the time that its session takes to make. Without the plan
 * a tensor's memory is given back after its last use.
 */
const SESSION = { executionProviders: ['wasm'], executionMode: 'parallel' } as const;

const ARRAY = {
  float32: Float32Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

export class WasmBackend implements Backend {
  readonly device = 'wasm';
  readonly constantWeights = true;
  readonly halfPrecision = true;
  readonly sharedCache = false;
  readonly maxTensorBytes = MAX_MODEL_BYTES;
  readonly lost = new Promise<string>(() => undefined);
  readonly #ort: OrtModule;
  readonly #queue = new SerialQueue();
  readonly #ledger = new Ledger();
  readonly #yielder = new Yielder();

  constructor(ort: OrtModule) {
    this.#ort = ort;
  }

  get adapter(): string {
    return wasmName(this.#ort.env.wasm.numThreads ?? 1);
  }

  get heldBytes(): number {
    return this.#ledger.bytes;
  }

  compile(graph: Graph): Promise<Compiled> {
    return this.#enter(async () => ({
      session: await this.#ort.InferenceSession.create(graph.model, SESSION),
      outputs: graph.outputs,
    }));
  }

  releaseGraph(compiled: Compiled): Promise<void> {
    return this.#enter(() => compiled.session.release());
  }

  upload<T extends ElementType>(type: T, dims: readonly number[], data: HostArrays[T]): Tensor {
    return this.#ledger.enter(this.host(type, dims, data), data.byteLength);
  }

  host<T extends ElementType>(type: T, dims: readonly number[], data: HostArrays[T]): Tensor {
    return new this.#ort.Tensor(type, data as never, dims) as Tensor;
  }

  zeros(type: ElementType, dims: readonly number[]): Promise<Tensor> {
    const size = dims.reduce((product, dim) => product * dim, 1);
    try {
      return Promise.resolve(this.upload(type, dims, new ARRAY[type](size) as never));
    } catch (error) {
      return Promise.reject(asModuleError(error));
    }
  }

  write(target: Tensor, byteOffset: number, bytes: Uint8Array): void {
    bytesOf(target).set(bytes, byteOffset);
  }

  copy(source: Tensor, target: Tensor, ranges: readonly CopyRange[]): void {
    const [input, output] = [bytesOf(source), bytesOf(target)];
    for (const { from, to, bytes } of ranges) output.set(input.subarray(from, from + bytes), to);
  }

  view(tensor: Tensor, dims: readonly number[]): Tensor {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = tensor.data as Float32Array;
    return new this.#ort.Tensor(tensor.type as 'float32', data.subarray(0, size), dims) as Tensor;
  }

  run(compiled: Compiled, feeds: Feeds, { wanted = () => true }: RunOptions = {}): Promise<Feeds> {
    const outputs = compiled.outputs.filter(wanted);
    return this.#enter(async () => (await compiled.session.run(feeds, outputs)) as Feeds);
  }

  read(tensor: Tensor): Promise<Float32Array> {
    return Promise.resolve(tensor.data as Float32Array);
  }

  dispose(tensor: Tensor): void {
    this.#ledger.remove(tensor);
    tensor.dispose();
  }

  async destroy(): Promise<void> {
    await this.#queue.add(() => Promise.resolve());
  }

  async #enter<T>(task: () => Promise<T>): Promise<T> {
    try {
      const result = await this.#queue.add(task);
      await this.#yielder.pause();
      return result;
    } catch (error) {
      throw asModuleError(error);
    }
  }
}

function bytesOf(tensor: Tensor): Uint8Array {
  const data = tensor.data as Float32Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
