/** Products of small dense matrices in float64, row-major, by the compiled kernels. */
import { Kernels } from '../kernels/kernels.ts';

const TILE = 4;
const DEPTH = 256;
const tilesOf = (size: number): number => Math.ceil(size / TILE);

/** Packs [tiles][depth][4] of the operand, zeros beyond its end. */
type Pack = (out: Float64Array, start: number, depth: number) => void;

export class Dense {
  readonly #kernels: Kernels;

  private constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  static async create(): Promise<Dense> {
    return new Dense(await Kernels.create());
  }

  /** Xᵀ Y: X [n, a], Y [n, b] → [a, b]. */
  transposeProduct(x: Float64Array, a: number, y: Float64Array, b: number): Float64Array<ArrayBuffer> {
    return this.#multiply(a, b, x.length / a, byColumns(x, a), byColumns(y, b));
  }

  /** X C: X [n, a], C [a, b] → [n, b]. */
  product(x: Float64Array, a: number, c: Float64Array, b: number): Float64Array<ArrayBuffer> {
    return this.#multiply(x.length / a, b, a, byRows(x, a), byColumns(c, b));
  }

  #multiply(
    rows: number,
    columns: number,
    inner: number,
    left: Pack,
    right: Pack,
  ): Float64Array<ArrayBuffer> {
    const kernels = this.#kernels;
    return kernels.scoped(() => {
      const [rowTiles, columnTiles] = [tilesOf(rows), tilesOf(columns)];
      const stride = columnTiles * TILE;
      const depthAtMost = Math.min(DEPTH, inner);
      const c = kernels.reserve(rowTiles * TILE * stride * 8);
      const p = kernels.reserve(rowTiles * TILE * depthAtMost * 8);
      const q = kernels.reserve(stride * depthAtMost * 8);
      for (let start = 0; start < inner; start += DEPTH) {
        const depth = Math.min(DEPTH, inner - start);
        left(kernels.doubles(p, rowTiles * TILE * depth).fill(0), start, depth);
        right(kernels.doubles(q, stride * depth).fill(0), start, depth);
        kernels.run.multiplyAdd(c, stride, p, q, rowTiles, columnTiles, depth);
      }
      const padded = kernels.doubles(c, rows * stride);
      const out = new Float64Array(rows * columns);
      for (let row = 0; row < rows; row++)
        out.set(padded.subarray(row * stride, row * stride + columns), row * columns);
      return out;
    });
  }
}

/** Tiles of columns; depth runs over rows. */
function byColumns(matrix: Float64Array, columns: number): Pack {
  return (out, start, depth) => {
    for (let k = 0; k < depth; k++) {
      const from = (start + k) * columns;
      for (let column = 0; column < columns; column++)
        out[((column >> 2) * depth + k) * TILE + (column & 3)] = matrix[from + column] as number;
    }
  };
}

/** Tiles of rows; depth runs over columns. */
function byRows(matrix: Float64Array, columns: number): Pack {
  return (out, start, depth) => {
    const rows = matrix.length / columns;
    for (let row = 0; row < rows; row++) {
      const from = row * columns + start;
      const to = (row >> 2) * depth * TILE + (row & 3);
      for (let k = 0; k < depth; k++) out[to + k * TILE] = matrix[from + k] as number;
    }
  };
}
