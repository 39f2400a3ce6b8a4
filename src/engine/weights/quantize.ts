import { NamedError } from '../../named-error.ts';
import type { ErrorSums } from './error-sums.ts';

export type QuantizedBits = 4 | 8;

/** Just below the largest float32 / 127: rounded up, 127 steps of it would be infinite. */
const LARGEST_SCALE_8 = 2.6793e36;

/** A matrix as onnxruntime's `MatMulNBits` takes it, without a zero-point input (which then is 8, or 128). */
export interface QuantizedMatrix {
  /** `[N, ⌈K/block⌉, block · bits / 8]`; of two 4-bit weights in a byte the first is the low one. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** `[N · ⌈K/block⌉]` */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Against `dequantizeBlocks`, over the given rows; parts of a matrix add up. */
  readonly error: ErrorSums;
}

/** The code of weight 0, and the largest code. */
const ZERO = { 4: 8, 8: 128 } as const;
const TOP = { 4: 15, 8: 255 } as const;

/**
 * Symmetric quantization in blocks along K; a last block shorter than `block` is padded with zeros.
 *
 * - 4 bits, as GGUF's q4_0: scale = (weight of largest magnitude) / −8, so that this weight is kept exactly; those
 *   within half a step of its negative clamp to 7 steps and are off by up to one;
 * - 8 bits: scale = largest magnitude / 127; every weight is off by at most half a step.
 *
 * Codes are ⌊w / scale + zero + ½⌋. Rows are independent: a matrix may come in runs of rows.
 *
 * @param weights `[N, K]` row-major
 * @param tensor only for the error
 * @throws NamedError `NonFiniteWeight` for a NaN or an infinity; RangeError when `weights` is not N × K
 */
export function quantizeBlocks(
  weights: Float32Array,
  N: number,
  K: number,
  bits: QuantizedBits,
  block = 32,
  tensor?: string,
): QuantizedMatrix {
  if (weights.length !== N * K) {
    throw new RangeError(`${weights.length} weights are not a matrix of ${N} × ${K}`);
  }
  const blocks = Math.ceil(K / block);
  const blockBytes = (block * bits) / 8;
  const scales = new Float32Array(N * blocks);
  // Filled with zero weights, of which the padding keeps what is not overwritten.
  const packed = new Uint8Array(N * blocks * blockBytes).fill(bits === 4 ? 0x88 : ZERO[8]);
  const sums = new Float64Array(2);
  let totalNorm = 0;
  const pack = bits === 4 ? pack4 : pack8;
  for (let index = 0; index < scales.length; index += 1) {
    const column = (index % blocks) * block;
    const start = Math.floor(index / blocks) * K + column;
    const end = start + Math.min(block, K - column);
    const { extreme, squaredNorm } = survey(weights, start, end);
    // The square of a finite float32 is finite in double precision, and so are 2^900 of them.
    if (!Number.isFinite(squaredNorm)) throw nonFinite(weights, start, end, column, tensor);
    const scale = scaleOf(extreme, bits);
    scales[index] = scale;
    totalNorm += squaredNorm;
    pack(weights, start, end, scale, packed, index * blockBytes, sums);
  }
  const [squaredError = 0, maxAbs = 0] = sums;
  return { packed, scales, error: { squaredError, squaredNorm: totalNorm, maxAbs } };
}

/**
 * What `MatMulNBits` computes with: (code − zero) · scale, in float32.
 *
 * @param zeroPoints as `PackedRows` has them; without, zero is 8, or 128
 * @returns `[N, K]` row-major
 */
export function dequantizeBlocks(
  packed: Uint8Array,
  scales: Float32Array,
  N: number,
  K: number,
  bits: QuantizedBits,
  block = 32,
  zeroPoints: Uint8Array | null = null,
): Float32Array<ArrayBuffer> {
  const blocks = Math.ceil(K / block);
  const zeroRow = Math.ceil((blocks * bits) / 8);
  const weights = new Float32Array(N * K);
  for (let index = 0; index < weights.length; index += 1) {
    const row = Math.floor(index / K);
    const column = index % K;
    // Blocks follow each other without gaps, so a row is a run of blocks · block codes.
    const position = row * blocks * block + column;
    const byte = packed[bits === 4 ? position >> 1 : position] ?? 0;
    const of = (stored: number, at: number): number =>
      bits === 8 ? stored : at % 2 === 0 ? stored & 0xf : stored >> 4;
    const blockIndex = Math.floor(column / block);
    const zero = zeroPoints
      ? of(zeroPoints[row * zeroRow + Math.floor((blockIndex * bits) / 8)] ?? 0, blockIndex)
      : ZERO[bits];
    weights[index] = (of(byte, position) - zero) * (scales[row * blocks + blockIndex] ?? 0);
  }
  return weights;
}

/** Never −0, which a block of zeros would give. */
function scaleOf(extreme: number, bits: QuantizedBits): number {
  if (bits === 4) return Math.fround(extreme / -8) + 0;
  return Math.fround(Math.min(Math.abs(extreme) / 127, LARGEST_SCALE_8));
}

/** The weight of largest magnitude (the first of them), and the sum of squares. */
function survey(weights: Float32Array, start: number, end: number): { extreme: number; squaredNorm: number } {
  let extreme = 0;
  let largest = 0;
  let squaredNorm = 0;
  for (let at = start; at < end; at += 1) {
    const weight = weights[at] ?? 0;
    const magnitude = Math.abs(weight);
    if (magnitude > largest) {
      largest = magnitude;
      extreme = weight;
    }
    squaredNorm += weight * weight;
  }
  return { extreme, squaredNorm };
}

/** Packs `weights[start, end)` at `packed[target]`, and adds the block's error to `sums` (squared, largest). */
type Pack = (
  weights: Float32Array,
  start: number,
  end: number,
  scale: number,
  packed: Uint8Array,
  target: number,
  sums: Float64Array,
) => void;

const pack4: Pack = (weights, start, end, scale, packed, target, sums) => {
  const inverse = scale === 0 ? 0 : 1 / scale;
  // Sums in locals: they stay in registers, which makes this loop several times as fast.
  let squaredError = 0;
  let maxAbs = 0;
  for (let at = start; at < end; at += 2) {
    const first = weights[at] ?? 0;
    // Past an odd end there is a weight of the next row, or nothing; the padding is zero.
    const second = at + 1 < end ? (weights[at + 1] ?? 0) : 0;
    const low = encode(first, inverse, ZERO[4], TOP[4]);
    const high = encode(second, inverse, ZERO[4], TOP[4]);
    packed[target++] = low | (high << 4);
    const offLow = Math.abs(Math.fround((low - ZERO[4]) * scale) - first);
    const offHigh = Math.abs(Math.fround((high - ZERO[4]) * scale) - second);
    squaredError += offLow * offLow + offHigh * offHigh;
    if (offLow > maxAbs) maxAbs = offLow;
    if (offHigh > maxAbs) maxAbs = offHigh;
  }
  addSums(sums, squaredError, maxAbs);
};

const pack8: Pack = (weights, start, end, scale, packed, target, sums) => {
  const inverse = scale === 0 ? 0 : 1 / scale;
  let squaredError = 0;
  let maxAbs = 0;
  for (let at = start; at < end; at += 1) {
    const weight = weights[at] ?? 0;
    const code = encode(weight, inverse, ZERO[8], TOP[8]);
    packed[target++] = code;
    const off = Math.abs(Math.fround((code - ZERO[8]) * scale) - weight);
    squaredError += off * off;
    if (off > maxAbs) maxAbs = off;
  }
  addSums(sums, squaredError, maxAbs);
};

function addSums(sums: Float64Array, squaredError: number, maxAbs: number): void {
  sums[0] = (sums[0] ?? 0) + squaredError;
  sums[1] = Math.max(sums[1] ?? 0, maxAbs);
}

/** Clamps before truncating: where the scale is subnormal the quotient can lie far outside. */
function encode(weight: number, inverse: number, zero: number, top: number): number {
  const code = weight * inverse + zero + 0.5;
  return code >= top ? top : code <= 0 ? 0 : code | 0;
}

function nonFinite(
  weights: Float32Array,
  start: number,
  end: number,
  column: number,
  tensor: string | undefined,
): NamedError {
  const offset = weights.subarray(start, end).findIndex((weight) => !Number.isFinite(weight));
  return new NamedError(
    'NonFiniteWeight',
    `a weight of ${weights[start + offset]} in column ${column + offset} cannot be quantized`,
    tensor === undefined ? {} : { tensor },
    'the checkpoint is damaged or diverged in training; f32 and f16 would load it as it is',
  );
}
