/** Singular values on WebGPU. */
import { gpuName } from '../../work/adapter-name.ts';
import { NamedError } from '../../named-error.ts';
import type { MatrixOperator, SpectrumBackend, SpectrumOptions } from '../backend.ts';
import type { BandMatrix } from './band/band-matrix.ts';
import { squaredNorm } from './band/band-matrix.ts';
import { bidiagonalValues } from './band/bidiagonal-values.ts';
import { bidiagonalize } from './band/bidiagonalize.ts';
import type { Kernels } from './kernels.ts';
import { compileKernels } from './kernels.ts';
import { measure, powerOfTwoScale } from './measure.ts';
import { GpuMatrixOperator } from './operator.ts';
import { panelShape } from './panel-shape.ts';
import { planReduction } from './plan.ts';
import { Reduction } from './reduction.ts';
import { SpectrumDevice, requestSpectrumDevice } from './spectrum-device.ts';
import type { WorkDone } from './submissions.ts';
import { Submissions } from './submissions.ts';
import { Uploader } from './upload.ts';
import { abortable, throwIfCancelled } from '../../work/cancel.ts';

/** Columns of a panel and width of the band: more serves the GPU better, less the CPU stage (∝ width). */
export const PANEL_WIDTH = 16;
const PANEL_THREADS = 256;
/** A software adapter runs a workgroup's invocations on one core, and changes between them at each barrier. */
const SOFTWARE_THREADS = 64;
/** ‖band‖_F against ‖A‖_F, relative: f32 rounding stays below 1e-5; kernels that went wrong do not. */
const NORM_TOLERANCE = 1e-4;

export type Stage = 'upload' | 'triangle' | 'band' | 'values';

export interface GpuSpectrumOptions {
  /** A device to use and leave alive; without it the backend asks for its own and destroys it. */
  readonly device?: GPUDevice;
  /** 4, 8, 16 or 32. */
  readonly panelWidth?: number;
  /** Invocations that factor a leaf together: a multiple of the panel's width, at least twice it. */
  readonly panelThreads?: number;
  /** The largest part of a matrix on the GPU at a time; without it, what the device binds. */
  readonly matrixBytes?: number;
  /** Told when a stage of a spectrum is over. */
  onStage?(stage: Stage, seconds: number, done: WorkDone): void;
}

/**
 * The exact spectrum by orthogonal reduction in f32 on the GPU (tree QR panels, blocked updates) to a band, and from there
 * in f64 on the CPU; `docs/spectra-gpu.md` has method, accuracy and cost. Matrices wait for each other on the GPU, while the CPU
 * stage of one overlaps with the GPU's work on the next.
 */
export class GpuSpectrumBackend implements SpectrumBackend {
  readonly device = 'webgpu';
  /** What computes, as far as its browser tells. */
  readonly adapter: string;
  readonly #gpu: SpectrumDevice;
  readonly #kernels: Kernels;
  readonly #options: GpuSpectrumOptions;
  readonly #ownsDevice: boolean;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    gpu: SpectrumDevice,
    kernels: Kernels,
    options: GpuSpectrumOptions,
    ownsDevice: boolean,
  ) {
    this.#gpu = gpu;
    this.adapter = gpuName(gpu.device.adapterInfo, gpu.device.features);
    this.#kernels = kernels;
    this.#options = options;
    this.#ownsDevice = ownsDevice;
  }

  /**
   * A backend that has compiled its kernels. `createGpuSpectrumBackend` is the one that is also checked.
   *
   * @throws NamedError `NoWebGpu`, `LimitTooSmall`, `GpuRejected`, `DeviceLost`
   */
  static async create(options: GpuSpectrumOptions = {}): Promise<GpuSpectrumBackend> {
    const device = options.device ?? (await requestSpectrumDevice());
    const ownsDevice = options.device === undefined;
    try {
      const gpu = new SpectrumDevice(device);
      const { maxComputeWorkgroupStorageSize } = device.limits;
      const threads = options.panelThreads ?? (isSoftware(device) ? SOFTWARE_THREADS : PANEL_THREADS);
      const shape = panelShape(options.panelWidth ?? PANEL_WIDTH, threads, maxComputeWorkgroupStorageSize);
      const kernels = await compileKernels(gpu, shape);
      return new GpuSpectrumBackend(gpu, kernels, options, ownsDevice);
    } catch (error) {
      if (ownsDevice) device.destroy();
      throw error;
    }
  }

  /**
   * @throws NamedError `ShapeMismatch`, `NonFiniteMatrix`, `LimitTooSmall`, `OutOfMemory`, `DeviceLost`, `GpuResultWrong`,
   * `Cancelled`
   */
  async singularValues(
    matrix: Float32Array,
    rows: number,
    cols: number,
    { signal }: SpectrumOptions = {},
  ): Promise<Float64Array> {
    checkShape(matrix, rows, cols);
    const count = Math.min(rows, cols);
    if (count === 0) return new Float64Array();
    const { largest, squaredNorm: expected } = await measure(matrix, cols, signal);
    if (largest === 0) return new Float64Array(count);
    const scale = powerOfTwoScale(largest);
    // Heard at once, also while another matrix has the GPU or a submission is under way.
    const band = await abortable(
      () => this.#inTurn(() => this.#reduce({ data: matrix, rows, cols }, scale, signal)),
      signal,
    );
    const error = Math.abs(Math.sqrt(squaredNorm(band) / (expected * scale * scale)) - 1);
    if (!(error <= NORM_TOLERANCE)) {
      throw new NamedError(
        'GpuResultWrong',
        `the reduction of a ${rows} × ${cols} matrix changed its Frobenius norm by ${error} of itself`,
        {},
        'this GPU or its driver computes wrongly; use the CPU',
      );
    }
    const started = performance.now();
    const bidiagonal = await bidiagonalize(band, signal);
    const values = await bidiagonalValues(bidiagonal, signal);
    this.#options.onStage?.('values', (performance.now() - started) / 1000, { operations: 0, dispatches: 0 });
    // Columns added to fill the last panel have values of zero, up to rounding: the smallest.
    return values.subarray(0, count).map((value) => value / scale);
  }

  /** @throws NamedError `ShapeMismatch`, `OutOfMemory`, `DeviceLost` */
  async operator(matrix: Float32Array, rows: number, cols: number): Promise<MatrixOperator> {
    checkShape(matrix, rows, cols);
    return GpuMatrixOperator.create(
      this.#gpu,
      this.#kernels,
      { data: matrix, rows, cols },
      this.#matrixBytes,
    );
  }

  dispose(): void {
    if (this.#ownsDevice) this.#gpu.device.destroy();
  }

  get #matrixBytes(): number {
    return Math.min(this.#gpu.bindingBytes, this.#options.matrixBytes ?? Infinity);
  }

  async #reduce(
    matrix: { readonly data: Float32Array; readonly rows: number; readonly cols: number },
    scale: number,
    signal: AbortSignal | undefined,
  ): Promise<BandMatrix> {
    throwIfCancelled(signal);
    const gpu = this.#gpu;
    const plan = planReduction(matrix.rows, matrix.cols, this.#kernels.shape.width, this.#matrixBytes);
    const { bufferRows, paddedCols, blocks, transposed, triangularize } = plan;
    const work = new Submissions(gpu, signal);
    const clock = stageClock(work, this.#options);
    const release: (() => void)[] = [];
    try {
      const buffer = await gpu.allocate('the matrix', 4 * bufferRows * paddedCols);
      release.push(() => buffer.destroy());
      const uploader = await Uploader.create(gpu, this.#kernels, work);
      release.push(() => uploader.dispose());
      const on = { buffer, rows: bufferRows, cols: paddedCols };
      const reduction = await Reduction.prepare(gpu, this.#kernels, work, on);
      release.push(() => reduction.dispose());
      for (const { begin, end, firstRow, rows } of blocks) {
        const to = { buffer, stride: paddedCols, firstRow };
        await uploader.write(matrix, transposed, [begin, end], to, scale);
        clock('upload');
        if (!triangularize) continue;
        await reduction.triangularize(rows);
        await work.finish();
        clock('triangle');
      }
      const band = await reduction.toBand(triangularize ? paddedCols : bufferRows);
      clock('band');
      return band;
    } finally {
      await work.dispose();
      for (const free of release.reverse()) free();
    }
  }

  /** One matrix at a time in the GPU's memory. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function isSoftware({ adapterInfo }: GPUDevice): boolean {
  return adapterInfo.isFallbackAdapter || /swiftshader|llvmpipe/i.test(adapterInfo.architecture);
}

/** Tells each stage with the time and the work since the one before. */
function stageClock(work: Submissions, { onStage }: GpuSpectrumOptions): (stage: Stage) => void {
  let since = performance.now();
  let before = work.done;
  return (stage) => {
    const now = performance.now();
    const { operations, dispatches } = work.done;
    onStage?.(stage, (now - since) / 1000, {
      operations: operations - before.operations,
      dispatches: dispatches - before.dispatches,
    });
    since = now;
    before = work.done;
  };
}

function checkShape(matrix: Float32Array, rows: number, cols: number): void {
  if (rows >= 0 && cols >= 0 && matrix.length === rows * cols) return;
  throw new NamedError(
    'ShapeMismatch',
    `a matrix of ${rows} × ${cols} cannot have ${matrix.length} entries`,
    {},
    'this is a bug worth reporting',
  );
}
