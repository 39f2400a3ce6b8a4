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
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  return adapter.requestDevice({ label: 'spectra', requiredLimits }).catch((cause: unknown) => {
    throw new NamedError('NoWebGpu', 'the GPU gave no device', {}, 'spectra are computed on the CPU then', {
      cause,
    });
  });
}

/** How long the news of a loss may come after what it broke. */
const NEWS_MS = 1000;

function pauseFor(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
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
        'the GPU went away',
        {},
        'run it again, which goes on where it stopped',
        { cause: new Error(`${reason}: ${message}`) },
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
      await this.#checkAfterLoss();
      throw error;
    } finally {
      this.#waiting.delete(reject);
    }
  }

  /** What a device answers when it goes away may come before the news that it has. @throws NamedError `DeviceLost` */
  async #checkAfterLoss(): Promise<void> {
    if (!this.#lost) await Promise.race([this.device.lost, pauseFor(NEWS_MS)]);
    // The news is heard in the constructor first, which is a turn ahead.
    await Promise.resolve();
    this.check();
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
    await this.#checkAfterLoss();
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
      const mapped = target.mapAsync(GPUMapMode.READ).then(() => target.getMappedRange().slice(0));
      return new Float32Array(await this.unlessLost(mapped));
    } catch (cause) {
      if (cause instanceof NamedError) throw cause;
      const what = 'a result could not be read from the GPU';
      throw new NamedError('MapFailed', what, {}, 'run it again, which goes on where it stopped', { cause });
    } finally {
      target.destroy();
    }
  }
}
