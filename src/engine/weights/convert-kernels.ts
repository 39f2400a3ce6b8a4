/** What `convertRows` does, in WebAssembly with SIMD (`assembly/index.ts`), equal to the last bit. */
import { toFloat32 } from '../../checkpoint/decoding.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { blocksOf, QUANTIZATION_BLOCK } from '../../graph/weights.ts';
import { blockArrays, convertRows, type Converted, type ConvertTask } from './convert.ts';

/** Addresses are bytes. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  decodeBfloat16(from: number, to: number, count: number): void;
  decodeHalf(from: number, to: number, count: number): void;
  spreadRows(values: number, rows: number, bytes: number, stride: number): void;
  quantize4: Quantize;
  quantize4Bfloat16: Quantize;
  quantize8: Quantize;
  toHalves(values: number, count: number, halves: number, sums: number): number;
}

type Quantize = (
  values: number,
  blocks: number,
  packed: number,
  scales: number,
  sums: number,
  scratch: number,
) => number;

export type ConvertRows = (bytes: Uint8Array<ArrayBuffer>, task: RowsTask) => Converted;

type RowsTask = Pick<ConvertTask, 'tensor' | 'dtype' | 'rows' | 'columns' | 'format' | 'inPlace'>;

/** Values that are converted at a time: with all that is made of them they stay in the cache. */
const BAND = 32 * 1024;
const PAGE_BYTES = 2 ** 16;
/** Where what they need lies in their memory; a kernel may read or write a few vectors too far. */
const [SUMS, SCRATCH, VALUES, SLACK] = [0, 64, 2048, 64];

let prepared: Promise<ConvertRows> | undefined;

/** The conversion of this thread, prepared once: in WebAssembly, and where that has no SIMD `convertRows`. */
export function preparedConversion(): Promise<ConvertRows> {
  return (prepared ??= prepare());
}

async function prepare(): Promise<ConvertRows> {
  const { default: bytes } = await import('./assembly/index.ts?assemblyscript');
  if (!WebAssembly.validate(bytes)) return convertRows;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { abort: () => undefined } });
  const kernels = instance.exports as unknown as KernelExports;
  return (stored, task) => {
    const { dtype, rows, columns, format } = task;
    const isOther = stored.length !== rows * columns * DTYPE_BYTES[dtype];
    if (isOther || format === dtype.toLowerCase()) return convertRows(stored, task);
    const source = decodable(stored, dtype);
    if (format === 'f32') return { arrays: [widened(kernels, source)], error: null };
    return format === 'f16' ? inHalves(kernels, source, task) : inBlocks(kernels, source, task);
  };
}

/** Stored values in one of the types that are decoded here. */
interface Source {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly dtype: 'BF16' | 'F16' | 'F32';
  readonly size: number;
  readonly count: number;
}

function decodable(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype): Source {
  if (dtype !== 'BF16' && dtype !== 'F16' && dtype !== 'F32') {
    const { buffer } = toFloat32(bytes, dtype);
    return decodable(new Uint8Array(buffer), 'F32');
  }
  const size = DTYPE_BYTES[dtype];
  return { bytes, dtype, size, count: bytes.length / size };
}

/** Their memory with room for so many bytes from `VALUES` on. */
function roomFor(kernels: KernelExports, bytes: number): Uint8Array<ArrayBuffer> {
  const missing = VALUES + bytes + SLACK - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE_BYTES));
  return new Uint8Array(kernels.memory.buffer as ArrayBuffer);
}

/** Puts `count` values from the `first` on at `VALUES`, in float32. @param spare where codes may lie meanwhile */
function putValues(
  kernels: KernelExports,
  source: Source,
  first: number,
  count: number,
  spare: number,
): void {
  const { dtype } = source;
  const memory = new Uint8Array(kernels.memory.buffer);
  memory.set(storedValues(source, first, count), dtype === 'F32' ? VALUES : spare);
  if (dtype === 'BF16') kernels.decodeBfloat16(spare, VALUES, count);
  if (dtype === 'F16') kernels.decodeHalf(spare, VALUES, count);
}

function storedValues({ bytes, size }: Source, first: number, count: number): Uint8Array<ArrayBuffer> {
  return bytes.subarray(first * size, (first + count) * size);
}

function widened(kernels: KernelExports, source: Source): Uint8Array<ArrayBuffer> {
  const spare = VALUES + 4 * BAND + SLACK;
  const memory = roomFor(kernels, spare + 2 * BAND);
  const out = new Uint8Array(4 * source.count);
  for (let first = 0; first < source.count; first += BAND) {
    const count = Math.min(BAND, source.count - first);
    putValues(kernels, source, first, count, spare);
    out.set(memory.subarray(VALUES, VALUES + 4 * count), 4 * first);
  }
  return out;
}

function inHalves(kernels: KernelExports, source: Source, task: RowsTask): Converted {
  const spare = VALUES + 4 * BAND + SLACK;
  const memory = roomFor(kernels, spare + 2 * BAND);
  const sums = emptySums(memory);
  const out = target(source, 2 * source.count, task.inPlace);
  for (let first = 0; first < source.count; first += BAND) {
    const count = Math.min(BAND, source.count - first);
    putValues(kernels, source, first, count, spare);
    // Eight at a time: zeros count for nothing.
    memory.fill(0, VALUES + 4 * count, VALUES + 4 * count + 32);
    if (!kernels.toHalves(VALUES, Math.ceil(count / 8) * 8, spare, SUMS))
      throw refusal(source, first, 1, count, task);
    out.set(memory.subarray(spare, spare + 2 * count), 2 * first);
  }
  return { arrays: [out], error: errorOf(sums) };
}

function inBlocks(kernels: KernelExports, source: Source, task: RowsTask): Converted {
  const { rows, columns, format, inPlace } = task;
  const { bits } = blocksOf(format) as { bits: 4 | 8 };
  // bfloat16 is rounded to 4 bits as it is stored.
  const decodes = bits !== 4 || source.dtype !== 'BF16';
  const quantize = !decodes ? kernels.quantize4Bfloat16 : bits === 4 ? kernels.quantize4 : kernels.quantize8;
  const valueBytes = decodes ? 4 : source.size;
  const blockBytes = (QUANTIZATION_BLOCK * bits) / 8;
  const rowBlocks = Math.ceil(columns / QUANTIZATION_BLOCK);
  const stride = rowBlocks * QUANTIZATION_BLOCK;
  const step = Math.max(1, Math.floor(BAND / stride));
  // Four at a time: blocks of zeros count for nothing.
  const most = Math.ceil((Math.min(step, rows) * rowBlocks) / 4) * 4;
  const spare = VALUES + valueBytes * most * QUANTIZATION_BLOCK + SLACK;
  // Scales of all rows stay until the last is done.
  const [packedAt, scalesAt] = [spare, spare + 2 * most * QUANTIZATION_BLOCK];
  const memory = roomFor(kernels, scalesAt + 4 * rows * rowBlocks);
  const sums = emptySums(memory);
  const isSmaller = rowBlocks * blockBytes <= columns * source.size;
  const packed = target(source, rows * rowBlocks * blockBytes, inPlace && isSmaller);
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const blocks = count * rowBlocks;
    if (decodes) putValues(kernels, source, first * columns, count * columns, spare);
    else memory.set(storedValues(source, first * columns, count * columns), VALUES);
    if (columns !== stride) kernels.spreadRows(VALUES, count, columns * valueBytes, stride * valueBytes);
    const padded = Math.ceil(blocks / 4) * 4;
    memory.fill(
      0,
      VALUES + blocks * valueBytes * QUANTIZATION_BLOCK,
      VALUES + padded * valueBytes * QUANTIZATION_BLOCK,
    );
    const done = first * rowBlocks;
    if (!quantize(VALUES, padded, packedAt, scalesAt + 4 * done, SUMS, SCRATCH))
      throw refusal(source, first * columns, count, columns, task);
    packed.set(memory.subarray(packedAt, packedAt + blocks * blockBytes), done * blockBytes);
  }
  const scales = roomForScales(source, packed, rows * rowBlocks);
  scales.set(new Float32Array(memory.buffer, scalesAt, scales.length));
  const shape = { rows, columns, format, block: QUANTIZATION_BLOCK } as const;
  return { arrays: blockArrays({ packed, scales, zeroPoints: null }, shape), error: errorOf(sums) };
}

/** Room for scales: behind codes that take the place of the stored bytes, where they leave enough, or new. */
function roomForScales(
  { bytes }: Source,
  packed: Uint8Array<ArrayBuffer>,
  count: number,
): Float32Array<ArrayBuffer> {
  const from = bytes.byteOffset + packed.length;
  const fits = packed.buffer === bytes.buffer && packed.length + 4 * count <= bytes.length && from % 4 === 0;
  return fits ? new Float32Array(bytes.buffer, from, count) : new Float32Array(count);
}

/** What `convertRows` says of rows that cannot be converted: those before them may be written over. */
function refusal(source: Source, first: number, rows: number, columns: number, task: RowsTask): unknown {
  const { dtype } = source;
  try {
    convertRows(storedValues(source, first, rows * columns), { ...task, dtype, rows, columns });
  } catch (error) {
    return error;
  }
  return new RangeError(`${task.tensor} was refused without a reason`);
}

/** Room for results: where the stored bytes are that were converted already, or new. */
function target({ bytes }: Source, length: number, inPlace: boolean): Uint8Array<ArrayBuffer> {
  return inPlace && length <= bytes.length ? bytes.subarray(0, length) : new Uint8Array(length);
}

function emptySums(memory: Uint8Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  return new Float64Array(memory.buffer, SUMS, 3).fill(0);
}

function errorOf([squaredError = 0, squaredNorm = 0, maxAbs = 0]: Float64Array): Converted['error'] {
  return { squaredError, squaredNorm, maxAbs };
}
