/** Codes moved into the blocks of onnxruntime's `MatMulNBits`, as they are: no value is computed. */
import type { BlockColumns, PackedRows } from '../codec.ts';

/** Columns of a block: a group of more is written as several blocks of one scale. */
export const BLOCK = 32;

/** The same where a group is at least as wide, and whoever takes them can have them so. */
export const WIDE = 128;

/** Scales and zeros of some rows, whatever their layout was. */
export interface GroupRows {
  readonly columns: number;
  readonly groups: number;
  /** `[count, groups]` */
  readonly scales: Float32Array<ArrayBuffer>;
  /** `[count, groups]` */
  readonly zeros: Uint8Array<ArrayBuffer>;
}

/** How many bits a code has, and whether zeros go to the device. */
interface Form {
  readonly bits: number;
  readonly zeroPoints: boolean;
  readonly block: BlockColumns;
}

/** Codes of up to 4 bits go into 4, of more into 8. */
function bitsOnDevice(bits: number): 4 | 8 {
  return bits <= 4 ? 4 : 8;
}

/**
 * Codes as `PackedRows.packed` has them. Without zero points all are moved by as much as puts the middle code on 8, or 128. What a
 * last block lacks is filled with the code of weight 0.
 *
 * @param codes `[count, columns]`
 */
export function packCodes(
  codes: Uint8Array<ArrayBuffer>,
  { columns, groups, zeros }: GroupRows,
  { bits, zeroPoints, block }: Form,
): Uint8Array<ArrayBuffer> {
  const count = codes.length / columns;
  const wide = bitsOnDevice(bits);
  const padded = new Uint8Array(Math.ceil(columns / block) * block);
  const rowBytes = padded.length * (wide / 8);
  const packed = new Uint8Array(count * rowBytes);
  const moved = zeroPoints ? 0 : 2 ** (wide - 1) - 2 ** (bits - 1);
  for (let row = 0; row < count; row += 1) {
    const start = row * columns;
    for (let column = 0; column < columns; column += 1) padded[column] = (codes[start + column] ?? 0) + moved;
    padded.fill((zeros[(row + 1) * groups - 1] ?? 0) + moved, columns);
    if (wide === 8) packed.set(padded, row * rowBytes);
    else {
      let to = row * rowBytes;
      for (let from = 0; from < padded.length; from += 2) {
        packed[to++] = (padded[from] ?? 0) | ((padded[from + 1] ?? 0) << 4);
      }
    }
  }
  return packed;
}

/**
 * Scales, and zeros if they go to the device, one for each block.
 *
 * @param group columns that share a scale: a multiple of a block's, or all
 */
export function packScales(
  { columns, groups, scales, zeros }: GroupRows,
  group: number,
  { bits, zeroPoints, block: blockColumns }: Form,
): Pick<PackedRows, 'scales' | 'zeroPoints'> {
  const count = scales.length / groups;
  const wide = bitsOnDevice(bits);
  const blocks = Math.ceil(columns / blockColumns);
  const zeroBytes = Math.ceil((blocks * wide) / 8);
  const blockScales = new Float32Array(count * blocks);
  const points = zeroPoints ? new Uint8Array(count * zeroBytes) : null;
  const perGroup = Math.ceil(Math.min(group, columns) / blockColumns);
  // Of one row; a last block that stands alone in its byte has 0 above it.
  const blockZeros = new Uint8Array(blocks + 1);
  for (let row = 0; row < count; row += 1) {
    const start = row * blocks;
    for (let of = 0; of < groups; of += 1) {
      const scale = scales[row * groups + of] as number;
      const zero = zeros[row * groups + of] as number;
      const end = of + 1 === groups ? blocks : (of + 1) * perGroup;
      for (let block = of * perGroup; block < end; block += 1) {
        blockScales[start + block] = scale;
        blockZeros[block] = zero;
      }
    }
    if (points === null) continue;
    if (wide === 8) points.set(blockZeros.subarray(0, blocks), start);
    else {
      let to = row * zeroBytes;
      for (let block = 0; block < blocks; block += 2) {
        points[to++] = (blockZeros[block] as number) | ((blockZeros[block + 1] as number) << 4);
      }
    }
  }
  return { scales: blockScales, zeroPoints: points };
}
