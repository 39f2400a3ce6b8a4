/** What the panel kernels compute, in f64 and by the textbook: one reflector after the other. */

/** H = I − Y·T·Yᵀ with Hᵀ·P = [R; 0]. */
export interface BlockReflector {
  /** Unit lower trapezoid, [rows, width]. */
  readonly y: Float64Array;
  /** Upper triangle, [width, width]. */
  readonly t: Float64Array;
  /** Upper triangle, [width, width]. */
  readonly r: Float64Array;
}

/**
 * Householder QR of a panel [rows, width], rows ≥ width, with the product of its reflectors in compact WY form
 * (Schreiber and Van Loan 1989; LAPACK's dgeqr2 and dlarft).
 */
export function factorPanel(panel: ArrayLike<number>, rows: number, width: number): BlockReflector {
  const a = Float64Array.from(panel);
  const y = new Float64Array(rows * width);
  const t = new Float64Array(width * width);
  const r = new Float64Array(width * width);
  const at = (matrix: Float64Array, i: number, j: number): number => matrix[i * width + j] as number;
  for (let j = 0; j < width; j++) {
    let below = 0;
    for (let i = j + 1; i < rows; i++) below += at(a, i, j) ** 2;
    const alpha = at(a, j, j);
    const beta = below === 0 ? alpha : -(alpha < 0 ? -1 : 1) * Math.sqrt(alpha * alpha + below);
    const tau = below === 0 ? 0 : (beta - alpha) / beta;
    y[j * width + j] = 1;
    for (let i = j + 1; i < rows && tau !== 0; i++) y[i * width + j] = at(a, i, j) / (alpha - beta);
    for (let c = j; c < width; c++) {
      let dot = 0;
      for (let i = j; i < rows; i++) dot += at(y, i, j) * at(a, i, c);
      for (let i = j; i < rows; i++) a[i * width + c] = at(a, i, c) - tau * at(y, i, j) * dot;
    }
    for (let i = 0; i <= j; i++) r[i * width + j] = at(a, i, j);
    // T's new column: −τ T Yᵀ y_j above the diagonal, τ on it.
    const inner = new Float64Array(j);
    for (let k = 0; k < j; k++) {
      for (let i = j; i < rows; i++) inner[k] = (inner[k] as number) + at(y, i, k) * at(y, i, j);
    }
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += at(t, i, k) * (inner[k] as number);
      t[i * width + j] = -tau * sum;
    }
    t[j * width + j] = tau;
  }
  return { y, t, r };
}
