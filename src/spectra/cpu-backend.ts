import type { MatrixOperator, SpectrumBackend, SpectrumOptions } from './backend.ts';
import type { SpectraThreads } from './threads/spectra-threads.ts';
import { abortable } from '../work/cancel.ts';

/** Spectra on the processor: float64 throughout for singular values, float32 with float64 sums for products. */
export class CpuBackend implements SpectrumBackend {
  readonly device = 'cpu';
  readonly #threads: SpectraThreads;

  /** @param threads stay the caller's; `dispose` leaves them running */
  constructor(threads: SpectraThreads) {
    this.#threads = threads;
  }

  /** The matrix may be moved to a worker: pass a copy to keep it. @throws NamedError `NonFiniteMatrix`, `Cancelled` */
  singularValues(
    matrix: Float32Array<ArrayBuffer>,
    rows: number,
    columns: number,
    { signal }: SpectrumOptions = {},
  ): Promise<Float64Array> {
    return this.#threads.singularValues(matrix, rows, columns, signal);
  }

  /** The matrix may be moved to a worker, as above. */
  async operator(matrix: Float32Array<ArrayBuffer>, rows: number, cols: number): Promise<MatrixOperator> {
    const held = await this.#threads.hold(matrix, rows, cols);
    return {
      rows,
      cols,
      times: (block, count, options) => abortable(() => held.times(block, count), options?.signal),
      transposeTimes: (block, count, options) =>
        abortable(() => held.transposeTimes(block, count), options?.signal),
      dispose: () => held.release(),
    };
  }

  dispose(): void {
    // Nothing of its own.
  }
}
