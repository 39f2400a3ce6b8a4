/** A host matrix to the GPU, piece by piece. */
import type { Kernels } from './kernels.ts';
import type { SpectrumDevice } from './spectrum-device.ts';
import type { Submissions } from './submissions.ts';
import { MAX_GROUPS } from './submissions.ts';
import { PLACE_TILE } from './wgsl/place.ts';

/** What lies on the host a second time while it travels, and the GPU's own copy of it. */
const PIECE_BYTES = 8 * 2 ** 20;

/** A row-major matrix of the caller's, read as it lies or turned so that it is tall. */
export interface HostMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

export interface Destination {
  readonly buffer: GPUBuffer;
  /** Entries from one row to the next. */
  readonly stride: number;
  /** The first row that is written. */
  readonly firstRow: number;
}

/** Writes parts of one matrix, each entry times `scale`; with `transposed`, the matrix's columns become rows. */
export class Uploader {
  readonly #gpu: SpectrumDevice;
  readonly #kernels: Kernels;
  readonly #work: Submissions;
  readonly #piece: GPUBuffer;

  private constructor(gpu: SpectrumDevice, kernels: Kernels, work: Submissions, piece: GPUBuffer) {
    this.#gpu = gpu;
    this.#kernels = kernels;
    this.#work = work;
    this.#piece = piece;
  }

  static async create(gpu: SpectrumDevice, kernels: Kernels, work: Submissions): Promise<Uploader> {
    return new Uploader(gpu, kernels, work, await gpu.allocate('a piece of the matrix', PIECE_BYTES));
  }

  /**
   * Writes rows `begin … end` of the tall matrix: of the host matrix as it lies, or of its transpose.
   *
   * @throws NamedError `Cancelled`, `DeviceLost`
   */
  async write(
    matrix: HostMatrix,
    transposed: boolean,
    [begin, end]: readonly [number, number],
    to: Destination,
    scale: number,
  ): Promise<void> {
    const { data, rows, cols } = matrix;
    const scaleBits = new Uint32Array(Float32Array.of(scale).buffer)[0] as number;
    const kernel = transposed ? this.#kernels.placeTransposed : this.#kernels.place;
    const bound = this.#work.bind(kernel, [this.#piece, to.buffer]);
    // The host's rows and columns that make up the rows asked for.
    const [firstRow, lastRow] = transposed ? [0, rows] : [begin, end];
    const [firstColumn, width] = transposed ? [begin, end - begin] : [0, cols];
    const capacity = PIECE_BYTES / 4;
    const columnStep = Math.min(width, capacity, MAX_GROUPS * PLACE_TILE);
    const rowStep = Math.max(1, Math.floor(capacity / columnStep));
    for (let row = firstRow; row < lastRow; row += rowStep) {
      for (let column = 0; column < width; column += columnStep) {
        const height = Math.min(rowStep, lastRow - row);
        const across = Math.min(columnStep, width - column);
        const values = gather(data, cols, row, firstColumn + column, height, across);
        // Ordered on the queue: after the kernels that read the piece before, ahead of those that read this one.
        await this.#work.flush();
        this.#gpu.device.queue.writeBuffer(this.#piece, 0, values);
        const origin = transposed
          ? to.firstRow * to.stride + column * to.stride + row
          : (to.firstRow + row - begin) * to.stride + column;
        await this.#work.dispatch(
          bound,
          [height, across, origin, to.stride, scaleBits],
          [Math.ceil(across / PLACE_TILE), Math.ceil(height / PLACE_TILE)],
          height * across,
        );
      }
    }
    await this.#work.finish();
  }

  dispose(): void {
    this.#piece.destroy();
  }
}

/** A block of a row-major matrix, without a copy where its rows touch. */
function gather(
  data: Float32Array,
  cols: number,
  row: number,
  column: number,
  height: number,
  width: number,
): Float32Array<ArrayBuffer> {
  const first = row * cols + column;
  if (width === cols && data.buffer instanceof ArrayBuffer) {
    return new Float32Array(data.buffer, data.byteOffset + 4 * first, height * width);
  }
  const block = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    const from = first + i * cols;
    block.set(data.subarray(from, from + width), i * width);
  }
  return block;
}
