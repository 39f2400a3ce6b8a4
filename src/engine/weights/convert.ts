/** From stored bytes to device arrays, some rows of one tensor at a time. Runs in the weights workers. */
import { toFloat32 } from '../../checkpoint/decoding.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import type { PackedRows } from '../../checkpoint/formats/codec.ts';
import type { HashedPart, PlaceInTensor } from '../../checkpoint/whole-hash/part.ts';
import { floatToHalf, halfToFloatBits } from '../../checkpoint/float16.ts';
import type { BlockSize, LinearFormat } from '../../graph/weights.ts';
import { QUANTIZATION_BLOCK, blocksOf, zeroPointBytes } from '../../graph/weights.ts';
import { NamedError } from '../../named-error.ts';
import type { ErrorSums } from './error-sums.ts';
import { quantizeBlocks } from './quantize.ts';

/** The largest finite half. */
const HALF_MAX = 65504;

export interface ConvertTask {
  /** Canonical name, for errors. */
  readonly tensor: string;
  readonly dtype: Dtype;
  readonly rows: number;
  readonly columns: number;
  readonly format: LinearFormat;
  /** Columns of a block, where the format has blocks; more than `QUANTIZATION_BLOCK` only of codes that are moved as they are. */
  readonly block: BlockSize;
  /** The row in the stored tensor where the codes begin that are moved as they are; null where values are converted. */
  readonly asStored: number | null;
  /** Where the rows lie in their stored tensor, which is hashed meanwhile. */
  readonly place: PlaceInTensor;
  /** Whether results may take the place of what was read, whose memory then stays with them. */
  readonly inPlace: boolean;
}

export interface Converted {
  /** One per slot of the planned weight: the dense array, or packed blocks, scales and zero points. */
  readonly arrays: readonly Uint8Array<ArrayBuffer>[];
  /** null where the format holds the stored values exactly. */
  readonly error: ErrorSums | null;
}

/** Converted rows, and what a hash of their tensor needs of them; null where no values were made. */
export interface ReadAndConverted extends Converted {
  readonly part: HashedPart | null;
}

/**
 * Converts `rows × columns` stored values.
 *
 * @throws NamedError `NonFiniteWeight` when a NaN or infinity is to be quantized, `WeightOverflow` when a
 * finite value exceeds half precision.
 */
export function convertRows(
  bytes: Uint8Array<ArrayBuffer>,
  task: Omit<ConvertTask, 'place' | 'asStored' | 'block' | 'inPlace'>,
): Converted {
  const { dtype, rows, columns, format, tensor } = task;
  if (format === 'f32') {
    const values = dtype === 'F32' ? bytes : asBytes(toFloat32(bytes, dtype));
    return { arrays: [values], error: null };
  }
  if (format === 'f16') {
    if (dtype === 'F16') return { arrays: [bytes], error: null };
    return toHalf(toFloat32(bytes, dtype), tensor);
  }
  const blocks = blocksOf(format);
  if (!blocks) throw new RangeError(`${format} is no format of blocks`);
  const { bits } = blocks;
  const values = toFloat32(bytes, dtype);
  const { packed, scales, error } = quantizeBlocks(values, rows, columns, bits, QUANTIZATION_BLOCK, tensor);
  return {
    arrays: blockArrays({ packed, scales, zeroPoints: null }, { ...task, block: QUANTIZATION_BLOCK }),
    error,
  };
}

/** Rows in blocks as the slots of `format` hold them; where there are no zero points, it is the middle code everywhere. */
export function blockArrays(
  { packed, scales, zeroPoints }: PackedRows,
  { rows, columns, format, block }: Pick<ConvertTask, 'rows' | 'columns' | 'format' | 'block'>,
): Uint8Array<ArrayBuffer>[] {
  const blocks = blocksOf(format);
  if (!blocks?.zeroPoints) return [packed, asBytes(scales)];
  const middle = blocks.bits === 4 ? 0x88 : 0x80;
  const zeros = zeroPoints ?? new Uint8Array(zeroPointBytes(rows, columns, blocks, block)).fill(middle);
  return [packed, asBytes(scales), zeros];
}

function toHalf(values: Float32Array<ArrayBuffer>, tensor: string): Converted {
  const halves = new Uint16Array(values.length);
  const back = new Uint32Array(1);
  const backValue = new Float32Array(back.buffer);
  let [squaredError, squaredNorm, maxAbs] = [0, 0, 0];
  // A plain loop: `from` with a callback takes several times as long.
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const half = floatToHalf(value);
    halves[index] = half;
    // NaN and infinities exist in half precision too.
    if (!Number.isFinite(value)) continue;
    back[0] = halfToFloatBits(half);
    const difference = Math.abs((backValue[0] as number) - value);
    if (difference === Infinity) {
      throw new NamedError(
        'WeightOverflow',
        `a weight of ${value} does not fit half precision (largest ${HALF_MAX})`,
        { tensor },
        'load the checkpoint in f32, q8 or q4',
      );
    }
    squaredError += difference * difference;
    squaredNorm += value * value;
    if (difference > maxAbs) maxAbs = difference;
  }
  return { arrays: [asBytes(halves)], error: { squaredError, squaredNorm, maxAbs } };
}

function asBytes(values: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
