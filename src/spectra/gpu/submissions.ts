/** Work for the GPU, cut into submissions short enough to cancel between and for no driver to end. */
import type { Kernel } from './kernel.ts';
import type { SpectrumDevice } from './spectrum-device.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/** Two are under way at a time, so that a cancel waits for 100 ms at most. */
const TARGET_MS = 40;
const IN_FLIGHT = 2;
/** Kernels in a submission; bounds the block of their parameters. */
const MAX_DISPATCHES = 1024;
/** What starting a kernel costs, in operations, beside what it computes: a small one fills no GPU. */
const DISPATCH_COST = 2e6;
/** Before the first is timed, a slow GPU is supposed: 2.5 GFLOP/s. */
const FIRST_BUDGET = 1e8;
const LARGEST_BUDGET = 1e12;
/** WebGPU's guaranteed number of workgroups along either axis. */
export const MAX_GROUPS = 65535;
/** Uniform offsets must be multiples of this everywhere. */
const PARAMS_BYTES = 256;

/** A kernel and the buffers it works on. */
export interface BoundKernel {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
}

interface Dispatch extends BoundKernel {
  readonly x: number;
  readonly y: number;
}

/** What has been computed so far. */
export interface WorkDone {
  /** Operations as the kernels' callers count them: multiplications and additions. */
  readonly operations: number;
  readonly dispatches: number;
}

/**
 * Collects kernels and submits them in order, as many at once as took about 40 ms last time. Awaiting `dispatch` keeps
 * the caller at most two submissions ahead.
 */
export class Submissions {
  readonly #gpu: SpectrumDevice;
  readonly #signal: AbortSignal | undefined;
  readonly #params: GPUBuffer;
  readonly #values = new Uint32Array((MAX_DISPATCHES * PARAMS_BYTES) / 4);
  readonly #underWay: Promise<void>[] = [];
  #pending: Dispatch[] = [];
  #cost = 0;
  #budget = FIRST_BUDGET;
  #finishedAt = 0;
  #operations = 0;
  #dispatches = 0;

  constructor(gpu: SpectrumDevice, signal?: AbortSignal) {
    this.#gpu = gpu;
    this.#signal = signal;
    this.#params = gpu.device.createBuffer({
      label: 'parameters',
      size: this.#values.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  get done(): WorkDone {
    return { operations: this.#operations, dispatches: this.#dispatches };
  }

  bind(kernel: Kernel, buffers: readonly GPUBuffer[]): BoundKernel {
    const group = this.#gpu.device.createBindGroup({
      label: kernel.source.label,
      layout: kernel.layout,
      entries: [
        { binding: 0, resource: { buffer: this.#params, size: PARAMS_BYTES } },
        ...buffers.map((buffer, at) => ({ binding: at + 1, resource: { buffer } })),
      ],
    });
    return { kernel, group };
  }

  /**
   * Runs a kernel on x · y workgroups. Where that is more than a submission should hold, or than WebGPU takes at once,
   * it is cut along y, and `p.firstY` tells each part where it begins. x is at most `MAX_GROUPS`.
   *
   * @param params the kernel's uniforms, in its order
   * @throws NamedError `Cancelled`, `DeviceLost`, `OutOfMemory`, `GpuRejected`
   */
  async dispatch(
    bound: BoundKernel,
    params: readonly number[],
    [x, y]: readonly [number, number],
    operations: number,
  ): Promise<void> {
    this.#operations += operations;
    const perGroup = operations / y;
    for (let firstY = 0; firstY < y;) {
      const room = this.#budget - this.#cost - DISPATCH_COST;
      const fits = Math.max(1, Math.min(y - firstY, MAX_GROUPS, Math.floor(room / Math.max(perGroup, 1))));
      this.#values.set([firstY, ...params], (this.#pending.length * PARAMS_BYTES) / 4);
      this.#pending.push({ ...bound, x, y: fits });
      this.#cost += fits * perGroup + DISPATCH_COST;
      firstY += fits;
      if (this.#cost >= this.#budget || this.#pending.length === MAX_DISPATCHES) await this.flush();
    }
  }

  /** Submits what is collected; resolves when less than two submissions are under way. */
  async flush(): Promise<void> {
    throwIfCancelled(this.#signal);
    if (this.#pending.length > 0) {
      this.#underWay.push(this.#submit());
      this.#pending = [];
      this.#cost = 0;
    }
    while (this.#underWay.length >= IN_FLIGHT) await this.#underWay.shift();
    throwIfCancelled(this.#signal);
  }

  /** Until all is computed. */
  async finish(): Promise<void> {
    await this.flush();
    while (this.#underWay.length > 0) await this.#underWay.shift();
    throwIfCancelled(this.#signal);
  }

  /** Also after an error: waits for what is under way, so that its buffers can go. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    this.#params.destroy();
  }

  #submit(): Promise<void> {
    const { device } = this.#gpu;
    const dispatches = this.#pending;
    const cost = this.#cost;
    const submittedAt = performance.now();
    this.#dispatches += dispatches.length;
    const submitted = this.#gpu.watched('a submission', () => {
      device.queue.writeBuffer(this.#params, 0, this.#values, 0, (dispatches.length * PARAMS_BYTES) / 4);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      dispatches.forEach(({ kernel, group, x, y }, at) => {
        pass.setPipeline(kernel.pipeline);
        pass.setBindGroup(0, group, [at * PARAMS_BYTES]);
        pass.dispatchWorkgroups(x, y);
      });
      pass.end();
      device.queue.submit([encoder.finish()]);
    });
    const computed = this.#gpu.unlessLost(device.queue.onSubmittedWorkDone()).then(() => {
      const now = performance.now();
      const took = now - Math.max(submittedAt, this.#finishedAt);
      this.#finishedAt = now;
      // A last, half-filled submission says little about a full one.
      const factor = Math.min(2, Math.max(0.25, TARGET_MS / Math.max(took, 1)));
      if (factor < 1 || cost >= 0.5 * this.#budget) {
        this.#budget = Math.min(LARGEST_BUDGET, Math.max(2 * DISPATCH_COST, cost * factor));
      }
    });
    const both = Promise.all([submitted, computed]).then(() => undefined);
    // Awaited later; until then a failure is not an unhandled one.
    both.catch(() => undefined);
    return both;
  }
}
