/** Sweeps after which one-sided Jacobi has long converged, quadratically towards the end. */
const MOST_SWEEPS = 60;

export interface DenseSvd {
  /** Columns of U, one after another: `rank` vectors of `rows`. */
  readonly left: Float64Array;
  /** Descending. */
  readonly values: Float64Array;
  /** Columns of V: `columns` vectors of `columns`. */
  readonly right: Float64Array;
}

/**
 * The singular value decomposition of a small dense matrix in plain TypeScript, by one-sided Jacobi (Hestenes): columns
 * are rotated in pairs until all are orthogonal. Slow (O(n³) a sweep), simple, and accurate in every singular value that the
 * columns determine: the reference that the fast path is held to, and the solver of the small problems inside the fast mode.
 *
 * @param columnsOf A by columns: `columns` vectors of `rows`, rows ≥ columns; not changed
 */
export function jacobiSvd(columnsOf: Float64Array, rows: number, columns: number): DenseSvd {
  const a = columnsOf.slice();
  const v = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) v[i * columns + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    for (let i = 0; i < columns - 1; i++) {
      for (let j = i + 1; j < columns; j++) rotated = rotate(a, v, rows, columns, i, j) || rotated;
    }
    if (!rotated) break;
  }
  return sorted(a, v, rows, columns);
}

/** Makes columns i and j orthogonal; false when they are. */
function rotate(
  a: Float64Array,
  v: Float64Array,
  rows: number,
  columns: number,
  i: number,
  j: number,
): boolean {
  const [x, y] = [a.subarray(i * rows, (i + 1) * rows), a.subarray(j * rows, (j + 1) * rows)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let k = 0; k < rows; k++) {
    const [p, q] = [x[k] as number, y[k] as number];
    xx += p * p;
    yy += q * q;
    xy += p * q;
  }
  if (xy === 0 || Math.abs(xy) <= Number.EPSILON * Math.sqrt(xx * yy)) return false;
  const zeta = (yy - xx) / (2 * xy);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  turn(x, y, c, c * t);
  turn(v.subarray(i * columns, (i + 1) * columns), v.subarray(j * columns, (j + 1) * columns), c, c * t);
  return true;
}

function turn(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let k = 0; k < x.length; k++) {
    const [p, q] = [x[k] as number, y[k] as number];
    x[k] = c * p - s * q;
    y[k] = s * p + c * q;
  }
}

function sorted(a: Float64Array, v: Float64Array, rows: number, columns: number): DenseSvd {
  const norms = Array.from({ length: columns }, (_, i) =>
    Math.sqrt(a.subarray(i * rows, (i + 1) * rows).reduce((sum, value) => sum + value * value, 0)),
  );
  const order = norms.map((_, i) => i).sort((i, j) => (norms[j] as number) - (norms[i] as number));
  const left = new Float64Array(columns * rows);
  const right = new Float64Array(columns * columns);
  order.forEach((from, to) => {
    const norm = norms[from] as number;
    const column = a.subarray(from * rows, (from + 1) * rows);
    left.set(norm === 0 ? column : column.map((value) => value / norm), to * rows);
    right.set(v.subarray(from * columns, (from + 1) * columns), to * columns);
  });
  return { left, values: Float64Array.from(order, (i) => norms[i] as number), right };
}
