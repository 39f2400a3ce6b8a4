/** Update diversity (docs/method.md §6): the spectrum of every selected update, exact or estimated. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { SerialQueue } from '../work/queue.ts';
import { NamedError } from '../named-error.ts';
import type { LongWork } from '../work/long-work.ts';
import { accuracyOf, factorsAccuracy } from './accuracy.ts';
import type { SpectrumBackend, SpectrumOptions } from './backend.ts';
import { CpuBackend } from './cpu-backend.ts';
import type { DeltaTask } from './deltas/delta-matrix.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import { factorTerms, rankOf, readTerms, type FactorTerms } from './deltas/factored.ts';
import type { CheckpointSet, Pairing, TensorFamily } from './deltas/pairing.ts';
import type { OnRead } from './deltas/stored-piece.ts';
import { storedPiece } from './deltas/stored-piece.ts';
import { verifiedRead } from './deltas/verified-read.ts';
import { nonFiniteMatrix } from './exact/support.ts';
import type { StandardErrors } from './fast/estimate.ts';
import { estimateSpectrum } from './fast/estimate.ts';
import type { RecoveringGpu } from './recovering-gpu.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { SpectrumMetrics } from './metrics.ts';
import { spectrumMetrics } from './metrics.ts';
import type { SpectraThreads } from './threads/spectra-threads.ts';
import { isCancelled, throwIfCancelled } from '../work/cancel.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { resume } from '../work/resume.ts';

export type SpectrumMode = 'exact' | 'fast';

/** One update's spectrum, and how it was computed. */
export interface MeasuredSpectrum extends SpectrumMetrics {
  readonly mode: SpectrumMode;
  readonly device: SpectrumBackend['device'];
  /** Which GPU it was, where one computed it. */
  readonly adapter?: string;
  /** Where σ_min was beyond the GPU's precision: computed again in float64. */
  readonly conditionDevice?: 'cpu';
  /** Computed of an adapter's factors, of this rank together, and of no dense matrix. */
  readonly factors?: number;
  /** Fast mode: one standard error of what is estimated. */
  readonly standardErrors?: StandardErrors;
  readonly probes?: number;
}

/** Plain JSON, so that a journal can keep it. */
export interface SpectrumRecord {
  readonly rows: number;
  readonly columns: number;
  /** By delta. */
  readonly spectra: Readonly<Record<string, MeasuredSpectrum>>;
}

export interface DiversityRequest {
  readonly checkpoints: CheckpointSet;
  readonly deltas: readonly DeltaSpec[];
  /** Of matrices. */
  readonly pairing: Pairing;
  readonly rounding: Rounding;
  readonly mode: SpectrumMode;
  readonly topK: number;
  /** Of the fast mode's random vectors. */
  readonly seed: number;
}

export interface Computers {
  readonly threads: SpectraThreads;
  /** Where WebGPU serves; the CPU otherwise. */
  readonly gpu?: RecoveringGpu;
}

/** Updates and Gram matrices held at a time: two of the largest in a layer of 7B (0.39 GB each). */
export const HELD_BYTES = 800e6;
/**
 * Elements beyond which a tall update is read in slabs and never held: 1 GiB of float32. Only embeddings and heads are so
 * large (0.54 G elements at 7B), and the reference skips them.
 */
const LARGEST_HELD = 2 ** 28;
/**
 * What the smallest singular value may cost on the CPU where the GPU's is beyond its precision: 1.5 s of one thread at 15
 * Gflop/s. Takes in every matrix of a 7B's vision tower and its k and v projections, and all matrices of small models.
 */
const AFFORDABLE_OPERATIONS = 2.5e10;

/**
 * Measures every selected update; records come by canonical name, in the order in which tensors end.
 *
 * @throws NamedError those of reading and of the backend; `NonFiniteMatrix` with its tensor; `Cancelled`
 */
export async function measureDiversity(
  request: DiversityRequest,
  { threads, gpu }: Computers,
  work: LongWork<SpectrumRecord> & WithVerifier = {},
): Promise<ReadonlyMap<string, SpectrumRecord>> {
  const { families } = request.pairing;
  const { onProgress, ...kept } = work;
  const { records, left, add } = resume(families, ({ name }) => name, kept);
  const measure = new SpectrumMeter(request, threads, gpu);
  const total = families.length * request.deltas.length;
  let done = records.size * request.deltas.length;
  const tell = (): void => onProgress?.({ phase: 'computing spectra', done, total, unit: 'tensors' });
  tell();
  const measureFamily = async (family: TensorFamily): Promise<void> => {
    const spectra: Record<string, MeasuredSpectrum> = {};
    for (const delta of request.deltas) {
      spectra[delta.key] = await measure.spectrum(family, delta, work);
      done += 1;
      tell();
    }
    await add(family.name, { ...matrixShape(family), spectra });
  };
  // While a GPU computes one update, the next is read, and the CPU finishes the one before.
  await mapInFlight(left, measureFamily, work.signal, gpu ? 3 : threads.size);
  return records;
}

/** Rows, and columns with all further dimensions flattened into them. */
export function matrixShape({ shape, elements }: TensorFamily): { rows: number; columns: number } {
  const [rows = 1] = shape;
  return { rows, columns: elements / Math.max(1, rows) };
}

/** What is subtracted from what, of one tensor. */
export function deltaTask(
  checkpoints: CheckpointSet,
  family: TensorFamily,
  { to, from }: Pick<DeltaSpec, 'to' | 'from'>,
  rounding: Rounding,
): DeltaTask {
  const whole = (role: string): DeltaTask['to'] =>
    storedPiece(
      checkpoints.get(role) as Checkpoint,
      family.entries.get(role) as TensorEntry,
      family.first,
      family.elements,
    );
  return { to: whole(to), from: whole(from), rounding };
}

/** An update in memory. */
interface HeldUpdate {
  readonly name: string;
  readonly matrix: Float32Array<ArrayBuffer>;
  readonly rows: number;
  readonly columns: number;
  readonly options: SpectrumOptions;
}

class SpectrumMeter {
  readonly #request: DiversityRequest;
  readonly #threads: SpectraThreads;
  readonly #cpu: CpuBackend;
  readonly #gpu: RecoveringGpu | undefined;
  readonly #memory = new MemoryBudget(HELD_BYTES);
  /** One operator at a time in the GPU's memory. */
  readonly #turns = new SerialQueue();

  constructor(request: DiversityRequest, threads: SpectraThreads, gpu: RecoveringGpu | undefined) {
    this.#request = request;
    this.#threads = threads;
    this.#cpu = new CpuBackend(threads);
    this.#gpu = gpu;
  }

  async spectrum(
    family: TensorFamily,
    delta: DeltaSpec,
    { signal, verifier }: Pick<LongWork<SpectrumRecord>, 'signal'> & WithVerifier,
  ): Promise<MeasuredSpectrum> {
    const { checkpoints, rounding } = this.#request;
    const task = deltaTask(checkpoints, family, delta, rounding);
    const { rows, columns } = matrixShape(family);
    const read = <T>(ask: (onRead?: OnRead) => Promise<T>): Promise<T> =>
      verifiedRead(verifier, checkpoints, family, [delta.to, delta.from], ask);
    try {
      const terms = factorTerms(checkpoints, family, delta, rounding);
      if (terms) return await this.#factored(terms, rows, columns, signal);
      if (family.elements > LARGEST_HELD && rows >= columns) {
        return await read((onRead) => this.#slabs(task, columns, signal, onRead));
      }
      const short = Math.min(rows, columns);
      return await this.#memory.hold(family.elements * 4 + short ** 2 * 8, async () => {
        const matrix = await read((onRead) => this.#threads.deltaMatrix(task, signal, onRead));
        throwIfCancelled(signal);
        const held = { name: family.name, matrix, rows, columns, options: signal ? { signal } : {} };
        return this.#request.mode === 'fast' ? this.#estimate(held) : this.#exact(held);
      });
    } catch (error) {
      throw withTensor(error, family.name);
    }
  }

  /** Exactly, in whatever mode. */
  #factored(
    terms: FactorTerms,
    rows: number,
    columns: number,
    signal: AbortSignal | undefined,
  ): Promise<MeasuredSpectrum> {
    const rank = rankOf(terms);
    return this.#memory.hold(rank * (rows + columns) * 16, async () => {
      const values = new Float64Array(Math.min(rows, columns));
      values.set(await this.#threads.productSingularValues(await readTerms(terms), signal));
      const options = { topK: this.#request.topK, accuracy: factorsAccuracy(Math.max(rows, columns)) };
      return { ...spectrumMetrics(values, options), mode: 'exact', device: 'cpu', factors: rank };
    });
  }

  async #exact(held: HeldUpdate): Promise<MeasuredSpectrum> {
    const { name, matrix, rows, columns, options } = held;
    const { topK } = this.#request;
    const computeOn = async (backend: SpectrumBackend): Promise<MeasuredSpectrum> => {
      const values = await backend.singularValues(matrix, rows, columns, options);
      const accuracy = accuracyOf(backend.device, Math.min(rows, columns));
      return { ...spectrumMetrics(values, { topK, accuracy }), mode: 'exact', ...computedOn(backend) };
    };
    const found = (await this.#gpu?.run(name, computeOn, options.signal)) ?? (await computeOn(this.#cpu));
    const isKnown = found.device === 'cpu' || found.conditionKnown;
    if (isKnown || exactOperations(rows, columns) > AFFORDABLE_OPERATIONS) return found;
    return { ...found, ...(await this.#condition(held)) };
  }

  /** In float64, which tells smaller values from zero; gives the matrix away. */
  async #condition({ matrix, rows, columns, options }: HeldUpdate): Promise<Partial<MeasuredSpectrum>> {
    const values = await this.#cpu.singularValues(matrix, rows, columns, options);
    const accuracy = accuracyOf('cpu', Math.min(rows, columns));
    const { conditionNumber, conditionKnown } = spectrumMetrics(values, { topK: 0, accuracy });
    return { conditionNumber, conditionKnown, conditionDevice: 'cpu' };
  }

  /** Exact in either mode: an estimate would need the matrix in one piece. */
  async #slabs(
    task: DeltaTask,
    columns: number,
    signal: AbortSignal | undefined,
    onRead: OnRead | undefined,
  ): Promise<MeasuredSpectrum> {
    const values = await this.#threads.singularValuesOfDelta(task, columns, signal, onRead);
    const options = { topK: this.#request.topK, accuracy: accuracyOf('cpu', columns) };
    return { ...spectrumMetrics(values, options), mode: 'exact', device: 'cpu' };
  }

  async #estimate({ name, matrix, rows, columns, options }: HeldUpdate): Promise<MeasuredSpectrum> {
    const { topK, seed } = this.#request;
    const gpu = this.#gpu;
    const norm = frobeniusNorm(matrix);
    const computeOn = async (backend: SpectrumBackend): Promise<MeasuredSpectrum> => {
      const operator = await backend.operator(matrix, rows, columns);
      try {
        const estimate = await estimateSpectrum(operator, norm, { topK, seed, ...options });
        return { ...estimate, mode: 'fast', ...computedOn(backend) };
      } finally {
        operator.dispose();
      }
    };
    const onGpu =
      gpu && (await this.#turns.add(() => gpu.run(name, computeOn, options.signal), options.signal));
    return onGpu ?? computeOn(this.#cpu);
  }
}

/** What computed it, as records say it. */
export function computedOn({
  device,
  adapter,
}: SpectrumBackend): Pick<MeasuredSpectrum, 'device' | 'adapter'> {
  return { device, ...(adapter === undefined ? {} : { adapter }) };
}

/** Of the CPU's exact spectrum: n² m for the Gram matrix's lower half, 4/3 n³ for the tridiagonal form. */
export function exactOperations(rows: number, columns: number): number {
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  return short ** 2 * long + (4 / 3) * short ** 3;
}

/** @throws NamedError `NonFiniteMatrix` */
function frobeniusNorm(matrix: Float32Array): number {
  let sum = 0;
  for (const value of matrix) sum += value * value;
  if (Number.isFinite(sum)) return Math.sqrt(sum);
  throw nonFiniteMatrix('the update holds infinities or NaNs');
}

/** A backend sees a matrix; whose it is, is known here. */
function withTensor(error: unknown, tensor: string): unknown {
  if (!(error instanceof NamedError) || isCancelled(error) || error.place.tensor !== undefined) return error;
  return new NamedError(error.name, error.what, { ...error.place, tensor }, error.remedy, { cause: error });
}
