/** The GPU backend: onnxruntime's native WebGPU kernels on a device of ours. Tensors are GPU buffers. */
import type { Graph } from '../../graph/graph.ts';
import type { ElementType } from '../../graph/onnx.ts';
import { NamedError } from '../../named-error.ts';
import { PendingCalls } from '../../work/pending-calls.ts';
import { SerialQueue } from '../../work/queue.ts';
import { gpuName } from '../../work/adapter-name.ts';
import type { Backend, Compiled, CopyRange, Feeds, HostArrays, RunOptions, Tensor } from './backend.ts';
import { BufferAccount, type BufferBytes } from './buffer-account.ts';
import { Ledger } from './ledger.ts';
import { asModuleError } from './module-error.ts';
import type { OrtModule } from './wasm.ts';

/** Kernels read vectors of four floats, also past the end of a short tensor. */
const BUFFER_ALIGNMENT = 16;
const WORD_BYTES = 4;
const ELEMENT_BYTES = { float32: 4, float16: 2, int32: 4, int64: 8, uint8: 1, bool: 1 } as const;

export class WebGpuBackend implements Backend {
  readonly device = 'webgpu';
  readonly adapter: string;
  readonly constantWeights = false;
  readonly halfPrecision: boolean;
  readonly sharedCache = true;
  readonly maxTensorBytes: number;
  readonly lost: Promise<string>;
  readonly buffers: BufferBytes;
  readonly #ort: OrtModule;
  readonly #gpu: GPUDevice;
  readonly #queue = new SerialQueue();
  readonly #ledger = new Ledger();
  readonly #calls = new PendingCalls();

  /** `gpu` stays ours: every session gets it, none may destroy it. */
  constructor(ort: OrtModule, gpu: GPUDevice) {
    this.#ort = ort;
    this.#gpu = gpu;
    this.adapter = gpuName(gpu.adapterInfo, gpu.features);
    this.buffers = new BufferAccount(gpu);
    this.halfPrecision = gpu.features.has('shader-f16');
    this.maxTensorBytes = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
    this.lost = gpu.lost.then(({ reason, message }) => message || reason);
    void this.lost.then((reason) =>
      this.#calls.rejectAll(new NamedError('DeviceLost', reason, {}, 'the engine restarts by itself')),
    );
  }

  get heldBytes(): number {
    return this.#ledger.bytes;
  }

  compile(graph: Graph, hostOutputs: readonly string[] = []): Promise<Compiled> {
    const locations = graph.outputs.map((name) => [name, hostOutputs.includes(name) ? 'cpu' : 'gpu-buffer']);
    return this.#enter(async () => ({
      session: await this.#ort.InferenceSession.create(graph.model, {
        executionProviders: [{ name: 'webgpu', device: this.#gpu }],
        preferredOutputLocation: Object.fromEntries(locations) as Record<string, 'cpu' | 'gpu-buffer'>,
      }),
      outputs: graph.outputs,
    }));
  }

  releaseGraph(compiled: Compiled): Promise<void> {
    return this.#enter(() => compiled.session.release());
  }

  upload<T extends ElementType>(type: T, dims: readonly number[], data: HostArrays[T]): Tensor {
    const buffer = this.#gpu.createBuffer({ ...bufferOf(data.byteLength), mappedAtCreation: true });
    new Uint8Array(buffer.getMappedRange()).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
    buffer.unmap();
    return this.#wrap(buffer, type, dims);
  }

  host<T extends ElementType>(type: T, dims: readonly number[], data: HostArrays[T]): Tensor {
    return new this.#ort.Tensor(type, data as never, dims) as Tensor;
  }

  async zeros(type: ElementType, dims: readonly number[]): Promise<Tensor> {
    const bytes = byteLength(type, dims);
    if (bytes > this.maxTensorBytes) {
      throw new NamedError(
        'BindingTooLarge',
        `a tensor of ${bytes} bytes is needed, the device binds at most ${this.maxTensorBytes}`,
        {},
        'choose a smaller dtype, fewer rows or a shorter prompt',
      );
    }
    this.#gpu.pushErrorScope('out-of-memory');
    const buffer = this.#gpu.createBuffer(bufferOf(bytes));
    if (await this.#gpu.popErrorScope()) {
      buffer.destroy();
      throw new NamedError(
        'OutOfMemory',
        `the GPU refused ${bytes} bytes more; ${this.heldBytes} bytes are held`,
        {},
        'unload a model, choose a smaller dtype, or ask for fewer rows',
      );
    }
    return this.#wrap(buffer, type, dims);
  }

  write(target: Tensor, byteOffset: number, bytes: Uint8Array): void {
    // Writes are in whole words; buffers are padded, so the last one may be filled up.
    const whole = Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES;
    const words = whole === bytes.length ? bytes : new Uint8Array(whole);
    if (words !== bytes) words.set(bytes);
    this.#gpu.queue.writeBuffer(target.gpuBuffer as GPUBuffer, byteOffset, words as Uint8Array<ArrayBuffer>);
  }

  copy(source: Tensor, target: Tensor, ranges: readonly CopyRange[]): void {
    const encoder = this.#gpu.createCommandEncoder();
    const [input, output] = [source.gpuBuffer as GPUBuffer, target.gpuBuffer as GPUBuffer];
    for (const { from, to, bytes } of ranges) encoder.copyBufferToBuffer(input, from, output, to, bytes);
    this.#gpu.queue.submit([encoder.finish()]);
  }

  view(tensor: Tensor, dims: readonly number[]): Tensor {
    return this.#ort.Tensor.fromGpuBuffer(tensor.gpuBuffer as GPUBuffer, {
      dataType: tensor.type as 'float32',
      dims,
    }) as Tensor;
  }

  run(compiled: Compiled, feeds: Feeds, { into, wanted = () => true }: RunOptions = {}): Promise<Feeds> {
    return this.#enter(async () => {
      const fetches = Object.fromEntries(
        compiled.outputs.filter(wanted).map((name) => [name, into?.[name] ?? null]),
      );
      return (await compiled.session.run(feeds, fetches)) as Feeds;
    });
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    if (tensor.location === 'cpu') return tensor.data as Float32Array;
    const bytes = byteLength(tensor.type as ElementType, tensor.dims);
    const staging = this.#gpu.createBuffer({
      size: align(bytes),
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = this.#gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(
      tensor.gpuBuffer as GPUBuffer,
      0,
      staging,
      0,
      Math.ceil(bytes / WORD_BYTES) * WORD_BYTES,
    );
    this.#gpu.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0, bytes));
    } catch (error) {
      throw new NamedError('DeviceLost', 'a read from the GPU failed', {}, 'the engine restarts by itself', {
        cause: error,
      });
    } finally {
      staging.destroy();
    }
  }

  dispose(tensor: Tensor): void {
    const ours = this.#ledger.remove(tensor);
    if (ours) (tensor.gpuBuffer as GPUBuffer).destroy();
    else tensor.dispose();
  }

  async destroy(): Promise<void> {
    await this.#queue.add(() => Promise.resolve());
    this.#gpu.destroy();
  }

  #wrap(buffer: GPUBuffer, type: ElementType, dims: readonly number[]): Tensor {
    const tensor = this.#ort.Tensor.fromGpuBuffer(buffer, { dataType: type, dims }) as Tensor;
    return this.#ledger.enter(tensor, buffer.size);
  }

  /** One at a time; a lost device rejects even where onnxruntime would wait for ever. */
  #enter<T>(task: () => Promise<T>): Promise<T> {
    return this.#calls.guard(this.#queue.add(task)).catch((error: unknown) => {
      throw asModuleError(error);
    });
  }
}

function byteLength(type: ElementType, dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, ELEMENT_BYTES[type]);
}

function align(bytes: number): number {
  return Math.max(BUFFER_ALIGNMENT, Math.ceil(bytes / BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT);
}

function bufferOf(bytes: number): GPUBufferDescriptor {
  return {
    size: align(bytes),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  };
}
