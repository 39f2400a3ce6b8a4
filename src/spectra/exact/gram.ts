/** The Gram matrix of a matrix's short side, summed in float64: G = A Aᵀ or Aᵀ A. */
import type { Kernels } from '../kernels/kernels.ts';
import type { Support } from './support.ts';

/** How much of the long side is packed at a time: a panel of 1024 × 256 doubles (2 MB) stays in the cache. */
const PANEL_DEPTH = 256;
const TILE = 4;

/** A symmetric matrix, row-major, of which the lower triangle counts. Rows are `stride` apart, a multiple of four. */
export interface SymmetricMatrix {
  readonly size: number;
  readonly stride: number;
  readonly values: Float64Array<ArrayBuffer>;
}

export const strideOf = (size: number): number => Math.ceil(size / TILE) * TILE;

/**
 * G of the rows and columns in `support`, in the memory of `kernels`; of the short side of that part. Products of float32
 * values are exact in float64, so only sums round.
 *
 * @returns its size and the address of its `stride` × `stride` values
 */
export function gram(
  kernels: Kernels,
  matrix: Float32Array,
  columns: number,
  support: Support,
  side: 'rows' | 'columns',
): { readonly size: number; readonly address: number } {
  const short = side === 'rows' ? support.rows : support.columns;
  const long = side === 'rows' ? support.columns : support.rows;
  const size = short.length;
  const stride = strideOf(size);
  const tiles = stride / TILE;
  const depthAtMost = Math.min(PANEL_DEPTH, Math.max(1, long.length));
  const address = kernels.reserve(stride * stride * 8);
  const panelAddress = kernels.reserve(stride * depthAtMost * 8);
  const panel = kernels.doubles(panelAddress, stride * depthAtMost);
  const pack = side === 'rows' ? packRows : packColumns;
  for (let start = 0; start < long.length; start += PANEL_DEPTH) {
    const part = long.subarray(start, start + PANEL_DEPTH);
    if (size % TILE !== 0) panel.fill(0);
    pack(panel, matrix, columns, short, part);
    kernels.run.lowerRankUpdate(address, stride, panelAddress, panelAddress, tiles, part.length, 1);
  }
  return { size, address };
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
