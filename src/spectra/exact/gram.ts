/** The Gram matrix of one side of a matrix, summed in float64. */
import type { Kernels } from '../kernels/kernels.ts';
import type { Support } from './support.ts';

/** How much of the long side is packed at a time: a panel of 1024 × 256 doubles (2 MB) stays in the cache. */
const PANEL_DEPTH = 256;
const TILE = 4;

/** Doubles from one row of a symmetric matrix to the next: whole tiles. */
export const strideOf = (size: number): number => Math.ceil(size / TILE) * TILE;

/**
 * Sums Gram matrices of panels in the memory of `kernels`. Products of float32 values are exact in float64, so only sums
 * round.
 */
export class GramSum {
  readonly size: number;
  /** Of the `strideOf(size)`² doubles. */
  readonly address: number;
  readonly #kernels: Kernels;
  readonly #panel: number;

  constructor(kernels: Kernels, size: number) {
    const stride = strideOf(size);
    this.size = size;
    this.#kernels = kernels;
    this.address = kernels.reserve(stride * stride * 8);
    this.#panel = kernels.reserve(stride * PANEL_DEPTH * 8);
  }

  /** Adds A Aᵀ (side "rows") or Aᵀ A ("columns") of the part of a row-major matrix that `support` names. */
  add(matrix: Float32Array, columns: number, support: Support, side: 'rows' | 'columns'): void {
    const stride = strideOf(this.size);
    const short = side === 'rows' ? support.rows : support.columns;
    const long = side === 'rows' ? support.columns : support.rows;
    const pack = side === 'rows' ? packRows : packColumns;
    const panel = this.#kernels.doubles(this.#panel, stride * PANEL_DEPTH);
    for (let start = 0; start < long.length; start += PANEL_DEPTH) {
      const part = long.subarray(start, start + PANEL_DEPTH);
      // The last tile's rows beyond the end, which lie elsewhere in a shorter panel.
      if (stride > this.size) panel.fill(0);
      pack(panel, matrix, columns, short, part);
      const { lowerRankUpdate } = this.#kernels.run;
      lowerRankUpdate(this.address, stride, this.#panel, this.#panel, stride / TILE, part.length, 1);
    }
  }
}

type Pack = (
  panel: Float64Array,
  matrix: Float32Array,
  columns: number,
  short: Uint32Array,
  part: Uint32Array,
) => void;

/** Tiles [position / 4][depth][4] of rows, depth running over columns. */
const packRows: Pack = (panel, matrix, columns, short, part) => {
  const depth = part.length;
  for (let position = 0; position < short.length; position++) {
    const start = (short[position] as number) * columns;
    let at = (position >> 2) * depth * TILE + (position & 3);
    for (let k = 0; k < depth; k++) {
      panel[at] = matrix[start + (part[k] as number)] as number;
      at += TILE;
    }
  }
};

/** The same of columns, depth running over rows. */
const packColumns: Pack = (panel, matrix, columns, short, part) => {
  const depth = part.length;
  for (let k = 0; k < depth; k++) {
    const start = (part[k] as number) * columns;
    for (let position = 0; position < short.length; position++) {
      panel[((position >> 2) * depth + k) * TILE + (position & 3)] = matrix[
        start + (short[position] as number)
      ] as number;
    }
  }
};
