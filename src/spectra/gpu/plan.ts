/** How a matrix is laid into GPU memory. */
import { NamedError } from '../../named-error.ts';
import { QR_FIRST } from './cost.ts';

/** A block adds at least this part of its columns as new rows; below it most work would be repeated work. */
const LEAST_NEW_ROWS = 1 / 4;

export interface Block {
  /** Rows of the tall matrix that are written. */
  readonly begin: number;
  readonly end: number;
  /** Where they go: below the triangle of the blocks before. */
  readonly firstRow: number;
  /** Rows in use with them: what is triangularized. */
  readonly rows: number;
}

export interface ReductionPlan {
  /** The wide matrix is turned: its columns become rows. */
  readonly transposed: boolean;
  /** Columns of the tall matrix, filled with zeros to a multiple of the panel width. */
  readonly paddedCols: number;
  /** Rows that lie on the GPU at a time. */
  readonly bufferRows: number;
  /** QR first, block by block; otherwise the one block is reduced as it is. */
  readonly triangularize: boolean;
  readonly blocks: readonly Block[];
}

/**
 * Where the tall matrix is larger than the device binds at once, its rows come in blocks: each joins the triangle of all
 * before it, and the QR of the two is the triangle of all so far.
 *
 * @throws NamedError `LimitTooSmall`
 */
export function planReduction(
  rows: number,
  cols: number,
  width: number,
  bindingBytes: number,
): ReductionPlan {
  const transposed = cols > rows;
  const [tall, narrow] = transposed ? [cols, rows] : [rows, cols];
  const paddedCols = width * Math.ceil(narrow / width);
  const capacity = Math.floor(bindingBytes / (4 * paddedCols));
  const bufferRows = Math.max(tall, paddedCols);
  if (bufferRows <= capacity) {
    const block = { begin: 0, end: tall, firstRow: 0, rows: bufferRows };
    const triangularize = bufferRows > QR_FIRST * paddedCols;
    return { transposed, paddedCols, bufferRows, triangularize, blocks: [block] };
  }
  const needed = Math.ceil((1 + LEAST_NEW_ROWS) * paddedCols);
  if (capacity < needed) {
    throw new NamedError(
      'LimitTooSmall',
      `a ${rows} × ${cols} matrix needs ${4 * paddedCols * needed} bytes in one piece and this GPU binds ${bindingBytes}`,
      { field: 'maxStorageBufferBindingSize' },
      'use the CPU',
    );
  }
  const blocks: Block[] = [{ begin: 0, end: capacity, firstRow: 0, rows: capacity }];
  for (let begin = capacity; begin < tall;) {
    const end = Math.min(tall, begin + capacity - paddedCols);
    blocks.push({ begin, end, firstRow: paddedCols, rows: paddedCols + end - begin });
    begin = end;
  }
  return { transposed, paddedCols, bufferRows: capacity, triangularize: true, blocks };
}
