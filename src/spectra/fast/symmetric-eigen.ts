/** Eigenvalues and vectors of a small dense symmetric matrix, in plain TypeScript. */

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** [n, n]: the vectors are its columns, in that order. */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * Householder tridiagonalization and implicit QL with vectors (Golub and Van Loan §8.3).
 *
 * @param matrix [n, n], of which the lower triangle is read
 * @throws RangeError when it does not converge, which finite input always does
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i] as number;
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    reflectColumn(a, q, n, k);
    e[k] = a[(k + 1) * n + k] as number;
  }
  for (let k = 0; k < n; k++) d[k] = a[k * n + k] as number;
  implicitQl(d, e, q, n);
  const order = [...d.keys()].sort((i, j) => (d[j] as number) - (d[i] as number));
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let row = 0; row < n; row++) vectors[row * n + to] = q[row * n + from] as number;
  });
  return { values: Float64Array.from(order, (i) => d[i] as number), vectors };
}

/** A ← H A H, Q ← Q H with the reflector H that clears column k below the subdiagonal. */
function reflectColumn(a: Float64Array, q: Float64Array, n: number, k: number): void {
  const v = new Float64Array(n);
  let squares = 0;
  for (let i = k + 1; i < n; i++) {
    v[i] = a[i * n + k] as number;
    squares += (v[i] as number) ** 2;
  }
  const head = v[k + 1] as number;
  if (squares === head * head) return;
  const beta = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  v[k + 1] = head - beta;
  const tau = 2 / (squares - head * head + (head - beta) ** 2);
  // w = τ A v − (τ² vᵀA v / 2) v; A ← A − v wᵀ − w vᵀ.
  const w = new Float64Array(n);
  let inner = 0;
  for (let i = k; i < n; i++) {
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += (a[i * n + j] as number) * (v[j] as number);
    w[i] = tau * sum;
    inner += (w[i] as number) * (v[i] as number);
  }
  const half = (tau * inner) / 2;
  for (let i = k; i < n; i++) w[i] = (w[i] as number) - half * (v[i] as number);
  for (let i = k; i < n; i++) {
    const [vi, wi] = [v[i] as number, w[i] as number];
    for (let j = k; j < n; j++)
      a[i * n + j] = (a[i * n + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
  }
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += (q[i * n + j] as number) * (v[j] as number);
    sum *= tau;
    for (let j = k + 1; j < n; j++) q[i * n + j] = (q[i * n + j] as number) - sum * (v[j] as number);
  }
}

function implicitQl(d: Float64Array, e: Float64Array, q: Float64Array, n: number): void {
  for (let first = 0; first < n; first++) {
    for (let sweeps = 0; ; sweeps++) {
      let end = first;
      for (; end < n - 1; end++) {
        const scale = Math.abs(d[end] as number) + Math.abs(d[end + 1] as number);
        if (Math.abs(e[end] as number) <= Number.EPSILON * scale) break;
      }
      if (end === first) break;
      if (sweeps === MOST_SWEEPS) throw new RangeError('the eigenvalues do not converge');
      sweepWithVectors(d, e, q, n, first, end);
    }
  }
}

function sweepWithVectors(
  d: Float64Array,
  e: Float64Array,
  q: Float64Array,
  n: number,
  first: number,
  end: number,
): void {
  const start = d[first] as number;
  const half = ((d[first + 1] as number) - start) / (2 * (e[first] as number));
  const root = Math.hypot(half, 1);
  let g = (d[end] as number) - start + (e[first] as number) / (half + (half >= 0 ? root : -root));
  let [sine, cosine, p] = [1, 1, 0];
  for (let i = end - 1; i >= first; i--) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.hypot(f, g);
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
    for (let row = 0; row < n; row++) {
      const [x, y] = [q[row * n + i] as number, q[row * n + i + 1] as number];
      q[row * n + i + 1] = sine * x + cosine * y;
      q[row * n + i] = cosine * x - sine * y;
    }
  }
  d[first] = (d[first] as number) - p;
  e[first] = g;
  e[end] = 0;
}
