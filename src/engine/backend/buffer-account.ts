/** Bytes of all GPU buffers, whoever makes them. */

/** What a device's buffers take, or took at most. */
export interface BufferBytes {
  readonly live: number;
  readonly peak: number;
}

/**
 * Counts every buffer that is made on a device from here on, ours and the runtime's own: activations, caches of freed
 * buffers, staging. A buffer counts until it is destroyed, or collected without that. It is what is asked of the driver;
 * what the driver takes besides, for alignment and pipelines, no page is told.
 */
export class BufferAccount implements BufferBytes {
  #live = 0;
  #peak = 0;
  readonly #lost = new FinalizationRegistry<{ bytes: number }>((entry) => this.#remove(entry));

  constructor(gpu: Pick<GPUDevice, 'createBuffer'>) {
    const create = gpu.createBuffer.bind(gpu);
    gpu.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      this.#enter(buffer, descriptor.size);
      return buffer;
    };
  }

  get live(): number {
    return this.#live;
  }

  get peak(): number {
    return this.#peak;
  }

  #enter(buffer: GPUBuffer, bytes: number): void {
    const entry = { bytes };
    this.#live += bytes;
    this.#peak = Math.max(this.#peak, this.#live);
    this.#lost.register(buffer, entry);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      this.#remove(entry);
      return destroy();
    };
  }

  /** Once: a buffer may be destroyed again, and collected after that. */
  #remove(entry: { bytes: number }): void {
    this.#live -= entry.bytes;
    entry.bytes = 0;
  }
}
