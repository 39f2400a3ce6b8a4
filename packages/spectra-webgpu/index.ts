/** The public face of exact spectra: what a package of its own shows of `src/`. */
import { NamedError } from '../../src/named-error.ts';
import type { SpectrumBackend, SpectrumOptions } from '../../src/spectra/backend.ts';
import { CpuBackend } from '../../src/spectra/cpu-backend.ts';
import { createTwice, RecoveringGpu } from '../../src/spectra/recovering-gpu.ts';
import { createGpuSpectrumBackend } from '../../src/spectra/gpu/create.ts';
import { spectraPool } from '../../src/spectra/threads/pool.ts';
import { abortable, throwIfCancelled } from '../../src/work/cancel.ts';
import { SerialQueue } from '../../src/work/queue.ts';

export { NamedError };
export type { ErrorPlace } from '../../src/named-error.ts';
export type { SpectrumOptions };

export interface SpectraOptions {
  /** Where to compute; default `webgpu`, with the CPU where there is none. */
  readonly device?: 'webgpu' | 'cpu';
  /** Told, in a sentence, when the CPU takes the GPU's place, and why. */
  onNotice?(notice: string): void;
}

export interface Spectrum {
  /** All min(rows, cols) singular values, descending. */
  readonly values: Float64Array;
  /** What computed them. */
  readonly device: 'webgpu' | 'cpu';
}

export interface Spectra {
  /** The GPU by its name, as far as the browser tells; null where there is only the CPU. */
  readonly adapter: string | null;
  /**
   * The singular values of a row-major matrix, in the unit of its entries. Calls may overlap: matrices wait for each other on the
   * GPU. The matrix must not change until the call has ended.
   *
   * On WebGPU the absolute error of every value is a few float32 ulps of the largest. On the CPU all is float64, and what lies
   * below √(n·2⁻⁵²) of the largest, n the shorter side, is given as 0.
   *
   * @throws NamedError `ShapeMismatch`, `NonFiniteMatrix`, `Cancelled` once `signal` is aborted, `WorkerFailed`; of the GPU
   * `LimitTooSmall`, `OutOfMemory`, `GpuRejected`, `GpuResultWrong`
   */
  singularValues(
    matrix: Float32Array,
    rows: number,
    cols: number,
    options?: SpectrumOptions,
  ): Promise<Spectrum>;
  /** Gives GPU and worker back; calls under way reject. */
  dispose(): void;
}

/**
 * Makes the GPU ready and checks it against the CPU on a small matrix. Where there is none, or it fails that check, or it goes away
 * later and does not come back, the CPU computes in a worker.
 */
export async function openSpectra({
  device = 'webgpu',
  onNotice = () => undefined,
}: SpectraOptions = {}): Promise<Spectra> {
  const first = device === 'webgpu' ? await createTwice(createGpuSpectrumBackend) : null;
  if (first instanceof NamedError)
    onNotice(`The GPU cannot be used (${first.what}): singular values are computed on the CPU.`);
  const gpu = first instanceof NamedError ? null : first;
  const seat = gpu && new RecoveringGpu(gpu, { create: createGpuSpectrumBackend, onNotice });
  const threads = spectraPool(
    () =>
      new Worker(new URL('../../workers/spectra.ts', import.meta.url), { type: 'module', name: 'spectra' }),
    1,
  );
  const cpu = new CpuBackend(threads);
  // One at a time: a matrix that is cancelled ends the worker, and with it whatever else that is at.
  const turns = new SerialQueue();
  return {
    adapter: gpu?.adapter ?? null,
    singularValues: async (matrix, rows, cols, options = {}) => {
      const { signal } = options;
      checkShape(matrix, rows, cols);
      const onGpu = (backend: SpectrumBackend): Promise<Float64Array> =>
        backend.singularValues(matrix, rows, cols, options);
      const found = await seat?.run(`the matrix of ${rows} × ${cols}`, onGpu, signal);
      if (found) return { values: found, device: 'webgpu' };
      const onCpu = async (): Promise<Float64Array> => {
        throwIfCancelled(signal);
        // A copy moves to the worker: the caller keeps the matrix.
        return cpu.singularValues(new Float32Array(matrix), rows, cols, options);
      };
      return { values: await abortable(() => turns.add(onCpu), signal), device: 'cpu' };
    },
    dispose: () => {
      seat?.dispose();
      threads.dispose();
    },
  };
}

function checkShape(matrix: Float32Array, rows: number, cols: number): void {
  const sides = [rows, cols].every((side) => Number.isSafeInteger(side) && side >= 0);
  if (sides && matrix.length === rows * cols) return;
  throw new NamedError(
    'ShapeMismatch',
    `a matrix of ${rows} × ${cols} does not have ${matrix.length} entries`,
    {},
    'pass rows × cols numbers, row by row',
  );
}
