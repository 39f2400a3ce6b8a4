/** The GPU of a run, which may go away and come back: a matrix is repeated on a new device, and given to the CPU only then. */
import { NamedError } from '../named-error.ts';
import { SerialQueue } from '../work/queue.ts';
import type { SpectrumBackend } from './backend.ts';
import { abortable, throwIfCancelled } from '../work/cancel.ts';

export interface RecoveringGpuOptions {
  /** A checked backend on a new device. */
  create(): Promise<SpectrumBackend>;
  onNotice?(notice: string): void;
  /** Until a device is asked for again: a driver that has just gone down takes a while. */
  readonly waitMs?: number;
}

/** A result that cannot be read back is a device that is of no use any more. */
const LOST: ReadonlySet<string> = new Set(['DeviceLost', 'MapFailed']);
/** Devices asked for in a row. */
const TRIES = 2;
const WAIT_MS = 1000;

export class RecoveringGpu {
  readonly #options: RecoveringGpuOptions;
  /** The GPU that the run began on: records of two are not mixed. */
  readonly #adapter: string | undefined;
  /** Null: the GPU is given up. Undefined: a new device is made when it is needed. */
  #device: Promise<SpectrumBackend | null> | undefined;
  #backend: SpectrumBackend | null;
  /** What is repeated has the new device to itself: a matrix that ends devices must not end those of others. */
  readonly #repeats = new SerialQueue();
  #repeating: Promise<unknown> | null = null;
  #disposed = false;

  constructor(first: SpectrumBackend, options: RecoveringGpuOptions) {
    this.#adapter = first.adapter;
    this.#backend = first;
    this.#device = Promise.resolve(first);
    this.#options = options;
  }

  /**
   * What `work` gives on the GPU. Where the device is lost meanwhile, it is done once more on a new device. Null where that is
   * lost, too, or none can be had: then it is the CPU's, and `onNotice` is told.
   *
   * @param matrix what is computed, for notices
   * @throws what `work` throws but for the loss of a device; `Cancelled`
   */
  async run<T>(
    matrix: string,
    work: (gpu: SpectrumBackend) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | null> {
    while (this.#repeating) await abortable(() => this.#settled(), signal);
    const first = await this.#use(signal);
    if (!first) return null;
    try {
      return await work(first);
    } catch (error) {
      this.#releaseIfLost(first, error, signal);
    }
    const repeat = this.#repeats.add(() => this.#repeat(matrix, work, signal));
    const settled = repeat.then(
      () => undefined,
      () => undefined,
    );
    this.#repeating = settled;
    void settled.then(() => {
      if (this.#repeating === settled) this.#repeating = null;
    });
    return abortable(() => repeat, signal);
  }

  dispose(): void {
    this.#disposed = true;
    this.#backend?.dispose();
    // One that is being made meanwhile.
    this.#device?.then(
      (backend) => backend?.dispose(),
      () => undefined,
    );
  }

  async #settled(): Promise<void> {
    await this.#repeating;
  }

  async #repeat<T>(
    matrix: string,
    work: (gpu: SpectrumBackend) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T | null> {
    const second = await this.#use(signal);
    if (!second) return null;
    try {
      const result = await work(second);
      this.#options.onNotice?.(`The GPU went away: ${matrix} was computed again, on a new device.`);
      return result;
    } catch (error) {
      this.#releaseIfLost(second, error, signal);
      this.#options.onNotice?.(
        `The GPU went away twice over ${matrix}: it is computed on the CPU, as its record says.`,
      );
      return null;
    }
  }

  /** @throws NamedError `Cancelled`; `error`, where it is not that the device was lost */
  #releaseIfLost(backend: SpectrumBackend, error: unknown, signal: AbortSignal | undefined): void {
    throwIfCancelled(signal);
    if (!(error instanceof NamedError) || !LOST.has(error.name)) throw error;
    if (this.#backend !== backend) return;
    backend.dispose();
    this.#backend = null;
    this.#device = undefined;
  }

  #use(signal: AbortSignal | undefined): Promise<SpectrumBackend | null> {
    this.#device ??= this.#renewed();
    const device = this.#device;
    return abortable(() => device, signal);
  }

  async #renewed(): Promise<SpectrumBackend | null> {
    const { create, onNotice, waitMs = WAIT_MS } = this.#options;
    const made = await createTwice(create, waitMs, () => this.#disposed);
    if (made instanceof NamedError) {
      onNotice?.(
        `The GPU went away, and there is no new device (${made.what}): what is left is computed on the CPU, as each record says.`,
      );
      return null;
    }
    if (made.adapter !== this.#adapter) {
      made.dispose();
      onNotice?.(
        `The GPU went away, and the browser now gives another (${made.adapter ?? made.device}): what is left is computed on the CPU, as each record says, for numbers of two GPUs are not mixed.`,
      );
      return null;
    }
    this.#backend = made;
    if (this.#disposed) made.dispose();
    return made;
  }
}

/**
 * A backend on a new device, asked for once more where there is none, or where it is lost before its check is over.
 *
 * @returns the error of the last try where there is none
 */
export async function createTwice(
  create: () => Promise<SpectrumBackend>,
  waitMs = WAIT_MS,
  stopped: () => boolean = () => false,
): Promise<SpectrumBackend | NamedError> {
  for (let tries = 1; ; tries++) {
    try {
      return await create();
    } catch (error) {
      const problem = error instanceof NamedError ? error : noDevice(error);
      const passing = problem.name === 'NoWebGpu' || LOST.has(problem.name);
      if (!passing || tries === TRIES || stopped()) return problem;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** What a driver says when it makes no device is no sentence for a person. */
function noDevice(cause: unknown): NamedError {
  return new NamedError('NoWebGpu', 'the browser made no device', {}, 'use the CPU', { cause });
}
