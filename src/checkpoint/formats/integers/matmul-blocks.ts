/** Codes moved into the blocks of onnxruntime's `MatMulNBits`, as they are: no value is computed. */
import type { PackedRows } from '../codec.ts';

/** Columns of a block: a group of more is written as several blocks of one scale. */
export const BLOCK = 32;

/** Some rows, whatever their layout was. */
export interface IntegerRows {
  readonly columns: number;
  readonly groups: number;
  /** `[count, columns]` */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** `[count, groups]` */
  readonly scales: Float32Array<ArrayBuffer>;
  /** `[count, groups]` */
  readonly zeros: Uint8Array<ArrayBuffer>;
}

/**
 * Codes of up to 4 bits go into 4, of more into 8. Without zero points all are moved by as much as puts the middle code on 8, or
 * 128. What a last block lacks is filled with the code of weight 0.
 *
 * @param group columns that share a scale: a multiple of 32, or all
 */
export function packBlocks(
  { columns, groups, codes, scales, zeros }: IntegerRows,
  count: number,
  bits: number,
  group: number,
  zeroPoints: boolean,
): PackedRows {
  const wide = bits <= 4 ? 4 : 8;
  const blocks = Math.ceil(columns / BLOCK);
  const rowBytes = blocks * BLOCK * (wide / 8);
  const zeroBytes = Math.ceil((blocks * wide) / 8);
  const packed = new Uint8Array(count * rowBytes);
  const blockScales = new Float32Array(count * blocks);
  const points = zeroPoints ? new Uint8Array(count * zeroBytes) : null;
  const moved = zeroPoints ? 0 : 2 ** (wide - 1) - 2 ** (bits - 1);
  const padded = new Uint8Array(blocks * BLOCK);
  for (let row = 0; row < count; row += 1) {
    const start = row * columns;
    for (let column = 0; column < columns; column += 1) padded[column] = (codes[start + column] ?? 0) + moved;
    for (let block = 0; block < blocks; block += 1) {
      const of = row * groups + Math.min(groups - 1, Math.floor((block * BLOCK) / group));
      blockScales[row * blocks + block] = scales[of] ?? 0;
      const zero = zeros[of] ?? 0;
      if (block === blocks - 1) padded.fill(zero + moved, columns);
      if (points === null) continue;
      if (wide === 8) points[row * zeroBytes + block] = zero;
      else {
        const at = row * zeroBytes + (block >> 1);
        points[at] = (points[at] ?? 0) | (zero << (4 * (block & 1)));
      }
    }
    if (wide === 8) packed.set(padded, row * rowBytes);
    else {
      let to = row * rowBytes;
      for (let from = 0; from < padded.length; from += 2) {
        packed[to++] = (padded[from] ?? 0) | ((padded[from + 1] ?? 0) << 4);
      }
    }
  }
  return { packed, scales: blockScales, zeroPoints: points };
}
