/** A GPUDevice that says when it is lost, out of memory or wrong. */
import { NamedError } from '../../named-error.ts';

/** What WebGPU guarantees everywhere; a device of our own is asked for more. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
] as const;

/**
 * A device for spectra alone, with all the memory the adapter gives; no features are needed. Apart from the engine's,
 * so that a matrix too large for the card cannot take a loaded model down with it.
 *
 * @throws NamedError `NoWebGpu`
 */
export async function requestSpectrumDevice(): Promise<GPUDevice> {
  const adapter =
    'gpu' in navigator ? await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }) : null;
  if (!adapter)
    throw new NamedError('NoWebGpu', 'no GPU was offered', {}, 'spectra are computed on the CPU then');
  return adapter.requestDevice({
    label: 'spectra',
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
}

export class SpectrumDevice {
  readonly device: GPUDevice;
  readonly #waiting = new Set<(error: NamedError) => void>();
  #lost: NamedError | undefined;

  /** The largest array a kernel can see. */
  readonly bindingBytes: number;

  constructor(device: GPUDevice) {
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    this.device = device;
    this.bindingBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    void device.lost.then(({ reason, message }) => {
      this.#lost = new NamedError(
        'DeviceLost',
        `the GPU went away (${reason}${message === '' ? '' : `: ${message}`})`,
        {},
        'make a new backend and go on with the matrix that was under way',
      );
      for (const reject of this.#waiting) reject(this.#lost);
      this.#waiting.clear();
    });
  }

  /** @throws NamedError `DeviceLost` */
  check(): void {
    if (this.#lost) throw this.#lost;
  }

  /** What `promise` gives, or `DeviceLost` as soon as the device is. */
  async unlessLost<T>(promise: Promise<T>): Promise<T> {
    this.check();
    let reject: (error: NamedError) => void = () => undefined;
    const lost = new Promise<never>((_, no) => {
      reject = no;
    });
    this.#waiting.add(reject);
    try {
      return await Promise.race([promise, lost]);
    } catch (error) {
      // What the device answers when it goes away may come before the news that it has.
      await Promise.resolve();
      this.check();
      throw error;
    } finally {
      this.#waiting.delete(reject);
    }
  }

  /**
   * Runs `work` (synchronous calls only) and throws what the device says about it.
   *
   * @throws NamedError `OutOfMemory`, `GpuRejected`, `DeviceLost`
   */
  async watched<T>(what: string, work: () => T): Promise<T> {
    const { device } = this;
    this.check();
    const kinds = ['validation', 'internal', 'out-of-memory'] as const;
    for (const kind of kinds) device.pushErrorScope(kind);
    let errors: Promise<(GPUError | null)[]>;
    let result: T;
    try {
      result = work();
    } finally {
      errors = Promise.all(kinds.map(() => device.popErrorScope()));
      // Awaited below, unless `work` threw.
      errors.catch(() => undefined);
    }
    const error = (await this.unlessLost(errors)).find((found) => found !== null);
    if (!error) return result;
    if (error instanceof GPUOutOfMemoryError) {
      throw new NamedError(
        'OutOfMemory',
        `the GPU has no memory for ${what}`,
        {},
        'close other tabs that use the GPU, or use the CPU',
      );
    }
    throw new NamedError(
      'GpuRejected',
      `${what}: ${error.message}`,
      {},
      'this is a bug worth reporting; use the CPU',
    );
  }

  /** Zero-filled memory for kernels. @throws NamedError `OutOfMemory`, `LimitTooSmall`, `DeviceLost` */
  async allocate(label: string, bytes: number): Promise<GPUBuffer> {
    if (bytes > this.bindingBytes) {
      throw new NamedError(
        'LimitTooSmall',
        `${label} takes ${bytes} bytes and this GPU binds ${this.bindingBytes}`,
        { field: 'maxStorageBufferBindingSize' },
        'use the CPU',
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.watched(`${label} (${bytes} bytes)`, () =>
      this.device.createBuffer({ label, size: Math.max(16, 4 * Math.ceil(bytes / 4)), usage }),
    );
  }

  /** Copies a buffer to the host. @throws NamedError `MapFailed`, `OutOfMemory`, `DeviceLost` */
  async download(buffer: GPUBuffer, bytes: number): Promise<Float32Array> {
    const { device } = this;
    const target = await this.watched(`a result of ${bytes} bytes`, () =>
      device.createBuffer({ size: bytes, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ }),
    );
    try {
      await this.watched('copying a result', () => {
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(buffer, 0, target, 0, bytes);
        device.queue.submit([encoder.finish()]);
      });
      await this.unlessLost(target.mapAsync(GPUMapMode.READ)).catch((error: unknown) => {
        if (error instanceof NamedError) throw error;
        throw new NamedError('MapFailed', `a result could not be read: ${String(error)}`, {}, 'try again');
      });
      return new Float32Array(target.getMappedRange().slice(0));
    } finally {
      target.destroy();
    }
  }
}
