/** The blocked orthogonal reduction of a matrix that lies in GPU memory. */
import type { BandMatrix } from './band/band-matrix.ts';
import type { Kernels } from './kernels.ts';
import { treeLevels } from './panel-shape.ts';
import type { SpectrumDevice } from './spectrum-device.ts';
import type { BoundKernel, Submissions } from './submissions.ts';
import { combineVectors } from './wgsl/combine.ts';
import { EXTRACT_THREADS } from './wgsl/extract-band.ts';
import { PROJECT_COLUMNS, PROJECT_ROWS } from './wgsl/project.ts';
import { UPDATE_COLUMNS, UPDATE_ROWS } from './wgsl/rank-update.ts';
import { TRIANGLE_TILE } from './wgsl/triangle.ts';

/** Parts a projection's sum is cut into at most; their partial sums are small beside the matrix. */
const MAX_PARTS = 32;
/** A part's length is a multiple of the tile of Y in workgroup memory. */
const PART_STEP = 64;
const MIN_PART = 128;

/** Row-major [rows, cols] on the GPU, rows ≥ cols, cols a multiple of the panel width. */
export interface DeviceMatrix {
  readonly buffer: GPUBuffer;
  readonly rows: number;
  readonly cols: number;
}

type Side = 'left' | 'right';

/**
 * `q` explicit Q of all levels of the tree; `odd` and `even` the triangles between levels, which take turns; `small` T,
 * U⁻¹, Y₁ and S·R; `y` the reflectors; `parts` and `w` the projections on them; `band` the result.
 */
type Temporaries = Readonly<Record<'q' | 'odd' | 'even' | 'small' | 'y' | 'parts' | 'w' | 'band', GPUBuffer>>;

/** Reduces one matrix, with temporaries as large as its largest panel needs. */
export class Reduction {
  readonly #gpu: SpectrumDevice;
  readonly #kernels: Kernels;
  readonly #work: Submissions;
  readonly #cols: number;
  readonly #temporaries: Temporaries;
  readonly #bound: {
    /** From the matrix, and from either buffer of triangles to the other. */
    readonly node: { readonly leaf: BoundKernel; readonly odd: BoundKernel; readonly even: BoundKernel };
    readonly reflectors: BoundKernel;
    readonly project: Readonly<Record<Side, BoundKernel>>;
    readonly combine: BoundKernel;
    readonly update: Readonly<Record<Side, BoundKernel>>;
    readonly clear: BoundKernel;
    readonly extract: BoundKernel;
  };

  private constructor(
    gpu: SpectrumDevice,
    kernels: Kernels,
    work: Submissions,
    { buffer: a, cols }: DeviceMatrix,
    temporaries: Temporaries,
  ) {
    const { q, odd, even, small, y, parts, w, band } = temporaries;
    const bind = work.bind.bind(work);
    this.#gpu = gpu;
    this.#kernels = kernels;
    this.#work = work;
    this.#cols = cols;
    this.#temporaries = temporaries;
    this.#bound = {
      node: {
        leaf: bind(kernels.node, [a, q, odd, small]),
        odd: bind(kernels.node, [odd, q, even, small]),
        even: bind(kernels.node, [even, q, odd, small]),
      },
      reflectors: bind(kernels.reflectors, [q, small, y, a]),
      project: {
        left: bind(kernels.projectColumns, [a, y, parts]),
        right: bind(kernels.projectRows, [a, y, parts]),
      },
      combine: bind(kernels.combine, [parts, small, w]),
      update: {
        left: bind(kernels.rankUpdate, [y, w, a]),
        right: bind(kernels.rankUpdate, [w, y, a]),
      },
      clear: bind(kernels.clearBelowDiagonal, [a]),
      extract: bind(kernels.extractBand, [a, band]),
    };
  }

  /** @throws NamedError `OutOfMemory`, `LimitTooSmall`, `DeviceLost` */
  static async prepare(
    gpu: SpectrumDevice,
    kernels: Kernels,
    work: Submissions,
    matrix: DeviceMatrix,
  ): Promise<Reduction> {
    const { width } = kernels.shape;
    const { rows, cols } = matrix;
    const levels = treeLevels(rows, kernels.shape);
    const allLevels = levels.reduce((sum, level) => sum + level.rows, 0);
    const triangles = width * (levels[0]?.nodes ?? 1);
    const sizes: Record<keyof Temporaries, number> = {
      q: allLevels * width,
      odd: triangles * width,
      even: triangles * width,
      small: 4 * width * width,
      y: rows * width,
      // What is projected from the right has at most QR_FIRST · cols rows.
      parts: MAX_PARTS * Math.min(rows, 2 * cols) * width,
      w: rows * width,
      band: cols * (width + 1),
    };
    const made: Partial<Record<keyof Temporaries, GPUBuffer>> = {};
    try {
      for (const [name, floats] of Object.entries(sizes) as [keyof Temporaries, number][]) {
        made[name] = await gpu.allocate(`temporaries (${name})`, 4 * floats);
      }
    } catch (error) {
      for (const buffer of Object.values(made)) buffer.destroy();
      throw error;
    }
    return new Reduction(gpu, kernels, work, matrix, made as Temporaries);
  }

  /** QR of the first `rows` rows: R lies in the upper triangle, zeros below it in the square on top. */
  async triangularize(rows: number): Promise<void> {
    const cols = this.#cols;
    const { width } = this.#kernels.shape;
    for (let k = 0; k < cols; k += width) await this.#eliminate('left', k, k, rows - k, cols - k - width);
    const tiles = Math.ceil(cols / TRIANGLE_TILE);
    await this.#work.dispatch(this.#bound.clear, [cols, cols], [tiles, tiles], cols * cols);
  }

  /** Reduces the first `rows` rows to an upper band and brings it to the host. */
  async toBand(rows: number): Promise<BandMatrix> {
    const size = this.#cols;
    const { width } = this.#kernels.shape;
    for (let k = 0; k < size; k += width) {
      const beyond = size - k - width;
      await this.#eliminate('left', k, k, rows - k, beyond);
      // The row block's own QR, read as columns: what lies below it is changed from the right.
      if (beyond > 0) await this.#eliminate('right', k, k + width, beyond, rows - k - width);
    }
    const entries = size * (width + 1);
    const groups = Math.ceil(entries / EXTRACT_THREADS);
    await this.#work.dispatch(this.#bound.extract, [size, size], [1, groups], entries);
    await this.#work.finish();
    const values = await this.#gpu.download(this.#temporaries.band, 4 * entries);
    return { size, width, values };
  }

  dispose(): void {
    for (const buffer of Object.values(this.#temporaries)) buffer.destroy();
  }

  /**
   * A block reflector for the panel that begins at (row, column): `length` long along the side it acts on, `width` thick.
   * It is applied to the `others` rows or columns beyond the panel.
   */
  async #eliminate(side: Side, row: number, column: number, length: number, others: number): Promise<void> {
    const { width } = this.#kernels.shape;
    const stride = this.#cols;
    await this.#factor(side, row * stride + column, length);
    if (others === 0) return;
    const left = side === 'left';
    const origin = left ? row * stride + column + width : (row + width) * stride + column;
    const partRows = PART_STEP * Math.ceil(Math.max(MIN_PART, length / MAX_PARTS) / PART_STEP);
    const parts = Math.ceil(length / partRows);
    const strips = Math.ceil(others / (left ? PROJECT_COLUMNS : PROJECT_ROWS));
    const operations = 2 * length * others * width;
    const work = this.#work;
    const bound = this.#bound;
    await work.dispatch(
      bound.project[side],
      [length, others, origin, stride, partRows],
      [strips, parts],
      operations,
    );
    const vectors = Math.ceil(others / combineVectors(width));
    const small = (2 * width + parts) * others * width;
    await work.dispatch(bound.combine, [others, parts], [1, vectors], small);
    const [rows, cols] = left ? [length, others] : [others, length];
    const tiles = [Math.ceil(cols / UPDATE_COLUMNS), Math.ceil(rows / UPDATE_ROWS)] as const;
    await work.dispatch(bound.update[side], [rows, cols, origin, stride], tiles, operations);
  }

  /** The tree over a panel: up to its root, and down again to Y. */
  async #factor(side: Side, origin: number, length: number): Promise<void> {
    const { shape } = this.#kernels;
    const { width } = shape;
    const stride = this.#cols;
    const levels = treeLevels(length, shape);
    const [rowStep, columnStep] = side === 'left' ? [stride, 1] : [1, stride];
    const { node } = this.#bound;
    for (const [at, { rows, nodes, qRow }] of levels.entries()) {
      const lies = at === 0 ? [origin, rowStep, columnStep] : [0, width, 1];
      await this.#work.dispatch(
        at === 0 ? node.leaf : at % 2 === 1 ? node.odd : node.even,
        [rows, ...lies, qRow * width, nodes === 1 ? 1 : 0, levels.length, length],
        [1, nodes],
        4 * rows * width * width,
      );
    }
    await this.#work.dispatch(
      this.#bound.reflectors,
      [length, levels.length, origin, rowStep, columnStep],
      [1, Math.ceil(length / shape.leaf)],
      2 * length * width * width,
    );
  }
}
