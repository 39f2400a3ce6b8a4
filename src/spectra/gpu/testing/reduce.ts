/** The GPU's reduction in f64 on the CPU: same blocks, same order, no tiles. */
import type { BandMatrix } from '../band/band-matrix.ts';
import { factorPanel } from './panel.ts';

/** A matrix of which a part is worked on; element (i, j) of a view may be element (j, i) of the whole. */
interface View {
  readonly rows: number;
  readonly cols: number;
  get(i: number, j: number): number;
  set(i: number, j: number, value: number): void;
}

/**
 * Reduces a tall or square matrix [rows, cols], cols a multiple of `width`, to an upper band: block column after block
 * column, a QR from the left clears what is below the block's triangle, an LQ from the right clears the block row beyond
 * the next block (Großer and Lang 1999).
 */
export function reduceToBand(
  matrix: ArrayLike<number>,
  rows: number,
  cols: number,
  width: number,
): BandMatrix {
  const a = Float64Array.from(matrix);
  for (let k = 0; k < cols; k += width) {
    eliminate(block(a, cols, k, k, rows - k, cols - k), width);
    const beyond = cols - k - width;
    if (beyond > 0) eliminate(transposed(block(a, cols, k, k + width, rows - k, beyond)), width);
  }
  const values = new Float64Array(cols * (width + 1));
  for (let i = 0; i < cols; i++) {
    for (let k = 0; k <= width && i + k < cols; k++)
      values[i * (width + 1) + k] = a[i * cols + i + k] as number;
  }
  return { size: cols, width, values };
}

/** QR of the first `width` columns, applied to all. */
function eliminate(view: View, width: number): void {
  const { rows, cols } = view;
  const panel = Float64Array.from({ length: rows * width }, (_, at) =>
    view.get(Math.floor(at / width), at % width),
  );
  const { y, t } = factorPanel(panel, rows, width);
  for (let j = 0; j < cols; j++) {
    const w = new Float64Array(width);
    for (let i = 0; i < rows; i++) {
      for (let c = 0; c < width; c++) w[c] = (w[c] as number) + (y[i * width + c] as number) * view.get(i, j);
    }
    const tw = Float64Array.from(w, (_, c) =>
      w.reduce((sum, value, k) => sum + value * (t[k * width + c] as number), 0),
    );
    for (let i = 0; i < rows; i++) {
      const change = tw.reduce((sum, value, c) => sum + value * (y[i * width + c] as number), 0);
      view.set(i, j, view.get(i, j) - change);
    }
  }
}

function block(
  a: Float64Array,
  stride: number,
  row: number,
  column: number,
  rows: number,
  cols: number,
): View {
  return {
    rows,
    cols,
    get: (i, j) => a[(row + i) * stride + column + j] as number,
    set: (i, j, value) => {
      a[(row + i) * stride + column + j] = value;
    },
  };
}

function transposed({ rows, cols, get, set }: View): View {
  return { rows: cols, cols: rows, get: (i, j) => get(j, i), set: (i, j, value) => set(j, i, value) };
}
