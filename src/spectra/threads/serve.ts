/** The far side of the pool: one worker that computes what it is sent. Results are moved back, not copied. */
import { expose, transfer } from 'comlink';
import { installErrorTransfer } from '../../engine/error-transfer.ts';
import type { DeltaTask } from '../deltas/delta-matrix.ts';
import type { EnergySums, EnergyTask } from '../deltas/energy-sums.ts';
import { inlineThreads } from './inline.ts';
import type { HeldMatrix } from './spectra-threads.ts';

/** What a worker answers. Held matrices stay with it, under numbers. */
export class SpectraService {
  readonly #threads = inlineThreads();
  readonly #held = new Map<number, HeldMatrix>();
  #next = 0;

  energy(task: EnergyTask): Promise<EnergySums> {
    return this.#threads.energy(task);
  }

  async deltaMatrix(task: DeltaTask): Promise<Float32Array<ArrayBuffer>> {
    const delta = await this.#threads.deltaMatrix(task);
    return transfer(delta, [delta.buffer]);
  }

  singularValues(
    matrix: Float32Array<ArrayBuffer>,
    rows: number,
    columns: number,
  ): Promise<Float64Array<ArrayBuffer>> {
    return this.#threads.singularValues(matrix, rows, columns);
  }

  singularValuesOfDelta(task: DeltaTask, columns: number): Promise<Float64Array<ArrayBuffer>> {
    return this.#threads.singularValuesOfDelta(task, columns);
  }

  async hold(matrix: Float32Array<ArrayBuffer>, rows: number, columns: number): Promise<number> {
    const key = this.#next++;
    this.#held.set(key, await this.#threads.hold(matrix, rows, columns));
    return key;
  }

  times(key: number, block: Float32Array, count: number): Promise<Float32Array> {
    return this.#of(key).times(block, count);
  }

  transposeTimes(key: number, block: Float32Array, count: number): Promise<Float32Array> {
    return this.#of(key).transposeTimes(block, count);
  }

  release(key: number): void {
    this.#held.delete(key);
  }

  #of(key: number): HeldMatrix {
    const held = this.#held.get(key);
    if (held) return held;
    throw new RangeError(`matrix ${key} was released`);
  }
}

export function serveSpectra(): void {
  installErrorTransfer();
  expose(new SpectraService());
}
