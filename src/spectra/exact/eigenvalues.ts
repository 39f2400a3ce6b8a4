import type { Tridiagonal } from './tridiagonal.ts';

/** Each eigenvalue needs fewer than two sweeps; a matrix that takes thirty holds a NaN. */
const MOST_SWEEPS = 50;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QL with Wilkinson shifts (Golub and Van Loan §8.3.3; EISPACK
 * imtql1), descending. Absolute error of a few ulps of the largest. `diagonal` and `offDiagonal` are overwritten.
 *
 * @throws RangeError when it does not converge, which finite input always does
 */
export function tridiagonalEigenvalues({
  diagonal: d,
  offDiagonal: e,
}: Tridiagonal): Float64Array<ArrayBuffer> {
  const n = d.length;
  if (n > 0) e[n - 1] = 0;
  for (let first = 0; first < n; first++) {
    for (let sweeps = 0; ; sweeps++) {
      const end = blockEnd(d, e, first);
      if (end === first) break;
      if (sweeps === MOST_SWEEPS) throw new RangeError('the eigenvalues do not converge');
      sweep(d, e, first, end);
    }
  }
  return d.sort().reverse();
}

/** The last row of the unreduced block that begins at `first`. */
function blockEnd(d: Float64Array, e: Float64Array, first: number): number {
  let end = first;
  for (; end < d.length - 1; end++) {
    const scale = Math.abs(d[end] as number) + Math.abs(d[end + 1] as number);
    if (Math.abs(e[end] as number) <= Number.EPSILON * scale) break;
  }
  return end;
}

function sweep(d: Float64Array, e: Float64Array, first: number, end: number): void {
  const start = d[first] as number;
  const below = e[first] as number;
  const half = ((d[first + 1] as number) - start) / (2 * below);
  const root = Math.sqrt(half * half + 1);
  let g = (d[end] as number) - start + below / (half + (half >= 0 ? root : -root));
  let sine = 1;
  let cosine = 1;
  let p = 0;
  for (let i = end - 1; i >= first; i--) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = (d[i + 1] as number) - p;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = (d[i + 1] as number) - p;
    const t = ((d[i] as number) - g) * sine + 2 * cosine * b;
    p = sine * t;
    d[i + 1] = g + p;
    g = cosine * t - b;
  }
  d[first] = (d[first] as number) - p;
  e[first] = g;
  e[end] = 0;
}
