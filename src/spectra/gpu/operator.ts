/** A matrix that stays on the GPU and is multiplied with blocks of vectors. */
import { NamedError } from '../../named-error.ts';
import type { MatrixOperator, SpectrumOptions } from '../backend.ts';
import type { Kernels } from './kernels.ts';
import type { SpectrumDevice } from './spectrum-device.ts';
import type { BoundKernel } from './submissions.ts';
import { MAX_GROUPS, Submissions } from './submissions.ts';
import type { HostMatrix } from './upload.ts';
import { Uploader } from './upload.ts';
import { MULTIPLY_TILE, SUM_THREADS } from './wgsl/multiply.ts';

/** Workgroups a product is cut into at least, where its depth allows: enough for the largest GPUs. */
const WANTED_GROUPS = 512;
const MIN_PART_DEPTH = 256;

interface RowBlock {
  readonly buffer: GPUBuffer;
  readonly begin: number;
  readonly end: number;
}

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly partDepth: number;
  readonly parts: number;
}

/** Multiplies by tiles in f32; long sums in parts, which are added last. Rows come in blocks where one binding is too small. */
export class GpuMatrixOperator implements MatrixOperator {
  readonly rows: number;
  readonly cols: number;
  readonly #gpu: SpectrumDevice;
  readonly #kernels: Kernels;
  readonly #blocks: readonly RowBlock[];

  private constructor(
    gpu: SpectrumDevice,
    kernels: Kernels,
    { rows, cols }: HostMatrix,
    blocks: readonly RowBlock[],
  ) {
    this.rows = rows;
    this.cols = cols;
    this.#gpu = gpu;
    this.#kernels = kernels;
    this.#blocks = blocks;
  }

  /** @throws NamedError `LimitTooSmall`, `OutOfMemory`, `DeviceLost` */
  static async create(
    gpu: SpectrumDevice,
    kernels: Kernels,
    matrix: HostMatrix,
    blockBytes: number,
  ): Promise<GpuMatrixOperator> {
    const { rows, cols } = matrix;
    const capacity = Math.max(1, Math.floor(blockBytes / (4 * Math.max(1, cols))));
    const work = new Submissions(gpu);
    const blocks: RowBlock[] = [];
    let uploader: Uploader | undefined;
    try {
      uploader = await Uploader.create(gpu, kernels, work);
      for (let begin = 0; begin < rows; begin += capacity) {
        const end = Math.min(rows, begin + capacity);
        const buffer = await gpu.allocate('rows of a matrix', 4 * (end - begin) * cols);
        blocks.push({ buffer, begin, end });
        await uploader.write(matrix, false, [begin, end], { buffer, stride: cols, firstRow: 0 }, 1);
      }
    } catch (error) {
      for (const { buffer } of blocks) buffer.destroy();
      throw error;
    } finally {
      await work.dispose();
      uploader?.dispose();
    }
    return new GpuMatrixOperator(gpu, kernels, matrix, blocks);
  }

  /** @throws NamedError `ShapeMismatch`, `LimitTooSmall`, `OutOfMemory`, `DeviceLost`, `Cancelled` */
  times(block: Float32Array, count: number, options: SpectrumOptions = {}): Promise<Float32Array> {
    return this.#multiply(false, block, count, options);
  }

  /** @throws NamedError `ShapeMismatch`, `LimitTooSmall`, `OutOfMemory`, `DeviceLost`, `Cancelled` */
  transposeTimes(block: Float32Array, count: number, options: SpectrumOptions = {}): Promise<Float32Array> {
    return this.#multiply(true, block, count, options);
  }

  dispose(): void {
    for (const { buffer } of this.#blocks) buffer.destroy();
  }

  async #multiply(
    transposed: boolean,
    block: Float32Array,
    count: number,
    { signal }: SpectrumOptions,
  ): Promise<Float32Array> {
    const [inner, outer] = transposed ? [this.rows, this.cols] : [this.cols, this.rows];
    if (block.length !== inner * count) {
      throw new NamedError(
        'ShapeMismatch',
        `a block of ${inner} × ${count} cannot have ${block.length} entries`,
        {},
        'this is a bug worth reporting',
      );
    }
    if (outer * count === 0) return new Float32Array();
    const gpu = this.#gpu;
    const work = new Submissions(gpu, signal);
    const buffers: GPUBuffer[] = [];
    const allocate = async (label: string, floats: number): Promise<GPUBuffer> => {
      const buffer = await gpu.allocate(label, 4 * floats);
      buffers.push(buffer);
      return buffer;
    };
    try {
      const products = this.#blocks.map(({ begin, end }) =>
        transposed ? planProduct(outer, count, end - begin) : planProduct(end - begin, count, inner),
      );
      const largest = Math.max(0, ...products.map(({ m, n, parts }) => m * n * parts));
      const parts = await allocate('partial products', largest);
      const result = await allocate('a product', outer * count);
      const whole = transposed ? undefined : await this.#uploadBlock(block, allocate);
      const sum = work.bind(this.#kernels.sumParts, [parts, result]);
      for (const [at, { buffer, begin, end }] of this.#blocks.entries()) {
        const right =
          whole ?? (await this.#uploadBlock(block.subarray(begin * count, end * count), allocate));
        const kernel = transposed ? this.#kernels.multiplyTransposed : this.#kernels.multiply;
        const product = work.bind(kernel, [buffer, right, parts]);
        const origin = transposed ? 0 : begin * count;
        await multiplyInto(work, product, sum, products[at] as Product, origin, transposed && at > 0);
      }
      await work.finish();
      return await gpu.download(result, 4 * outer * count);
    } finally {
      await work.dispose();
      for (const buffer of buffers) buffer.destroy();
    }
  }

  async #uploadBlock(
    block: Float32Array,
    allocate: (label: string, floats: number) => Promise<GPUBuffer>,
  ): Promise<GPUBuffer> {
    const buffer = await allocate('a block of vectors', block.length);
    this.#gpu.device.queue.writeBuffer(buffer, 0, Float32Array.from(block));
    return buffer;
  }
}

function planProduct(m: number, n: number, k: number): Product {
  const tiles = Math.ceil(m / MULTIPLY_TILE) * Math.ceil(n / MULTIPLY_TILE);
  const wanted = Math.max(1, Math.min(Math.ceil(WANTED_GROUPS / tiles), Math.floor(k / MIN_PART_DEPTH)));
  const partDepth = 16 * Math.ceil(k / wanted / 16);
  return { m, n, k, partDepth, parts: Math.ceil(k / partDepth) };
}

async function multiplyInto(
  work: Submissions,
  product: BoundKernel,
  sum: BoundKernel,
  { m, n, k, partDepth, parts }: Product,
  origin: number,
  accumulate: boolean,
): Promise<void> {
  const rowTiles = Math.ceil(m / MULTIPLY_TILE);
  await work.dispatch(
    product,
    [m, n, k, partDepth],
    [Math.ceil(n / MULTIPLY_TILE), rowTiles * parts],
    2 * m * n * k,
  );
  const groups = Math.ceil((m * n) / SUM_THREADS);
  const across = Math.min(groups, MAX_GROUPS);
  await work.dispatch(
    sum,
    [m * n, parts, accumulate ? 1 : 0, origin, across],
    [across, Math.ceil(groups / across)],
    m * n * parts,
  );
}
