/** The heavy parts of spectra, each a call that a worker can answer. */
import type { Factors } from '../../checkpoint/formats/peft/factors.ts';
import type { DeltaTask } from '../deltas/delta-matrix.ts';
import type { EnergySums, EnergyTask } from '../deltas/energy-sums.ts';
import type { OnRead } from '../deltas/stored-piece.ts';

/** A matrix kept where it is multiplied. */
export interface HeldMatrix {
  /** A·X, X [columns, count] → [rows, count]. */
  times(block: Float32Array, count: number): Promise<Float32Array>;
  /** Aᵀ·Y, Y [rows, count] → [columns, count]. */
  transposeTimes(block: Float32Array, count: number): Promise<Float32Array>;
  release(): void;
}

/**
 * What computes. With an aborted `signal` a call rejects with NamedError `Cancelled` at once; a worker at it is ended.
 * Matrices are row-major and given away: their memory may move to a worker. `onRead`, where it is given, is told of everything
 * that was read, before the call resolves; digests are taken for it.
 */
export interface SpectraThreads {
  /** How many calls make progress at once. */
  readonly size: number;
  energy(task: EnergyTask, signal?: AbortSignal, onRead?: OnRead): Promise<EnergySums>;
  deltaMatrix(task: DeltaTask, signal?: AbortSignal, onRead?: OnRead): Promise<Float32Array<ArrayBuffer>>;
  singularValues(
    matrix: Float32Array<ArrayBuffer>,
    rows: number,
    columns: number,
    signal?: AbortSignal,
  ): Promise<Float64Array<ArrayBuffer>>;
  /** Of an update too large to hold: tall, read in slabs of rows. */
  singularValuesOfDelta(
    task: DeltaTask,
    columns: number,
    signal?: AbortSignal,
    onRead?: OnRead,
  ): Promise<Float64Array<ArrayBuffer>>;
  /** Of a product of factors; those beyond its rank are zero, and left out. */
  productSingularValues(factors: Factors, signal?: AbortSignal): Promise<Float64Array<ArrayBuffer>>;
  /** See `innerProduct`. */
  innerProduct(one: Factors, other: Factors, signal?: AbortSignal): Promise<number>;
  hold(matrix: Float32Array<ArrayBuffer>, rows: number, columns: number): Promise<HeldMatrix>;
  /** Ends everything; calls under way reject with `Cancelled`. */
  dispose(): void;
}
