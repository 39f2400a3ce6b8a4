/**
 * Householder reduction of a symmetric matrix to tridiagonal form, a panel of rows at a time (LAPACK's dlatrd, "U" in
 * its column-major view): rows are eliminated from the last upwards, the block still to be reduced is the leading one.
 * Only the lower triangle of the row-major matrix is read.
 */

/**
 * Reduces rows `last`, `last − 1`, … (`count` of them) of A. The vectors v and w of row `last − k` go to row k of V and
 * W (`stride` doubles a row), and what lies beyond their end is zero; the leading block then awaits A −= V Wᵀ + W Vᵀ.
 *
 * @param diagonal d[i], written for each row reduced
 * @param offDiagonal e[i], between i and i + 1, written for i = row − 1
 */
export function reducePanel(
  a: usize,
  stride: i32,
  last: i32,
  count: i32,
  v: usize,
  w: usize,
  diagonal: usize,
  offDiagonal: usize,
): void {
  const rowBytes = (<usize>stride) << 3;
  for (let k = 0; k < count; k++) {
    const i = last - k;
    const row = a + <usize>i * rowBytes;
    const at = (<usize>i) << 3;
    for (let past = 0; past < k; past++) {
      const vPast = v + <usize>past * rowBytes;
      const wPast = w + <usize>past * rowBytes;
      addScaledPair(row, vPast, -load<f64>(wPast + at), wPast, -load<f64>(vPast + at), i + 1);
    }
    store<f64>(diagonal + at, load<f64>(row + at));

    const vRow = v + <usize>k * rowBytes;
    const wRow = w + <usize>k * rowBytes;
    memory.fill(vRow, 0, rowBytes);
    memory.fill(wRow, 0, rowBytes);
    if (i === 0) continue;
    const tau = reflect(row, i, vRow, offDiagonal + ((<usize>(i - 1)) << 3));
    if (tau === 0) continue;

    symmetricTimes(a, rowBytes, vRow, wRow, i);
    for (let past = 0; past < k; past++) {
      const vPast = v + <usize>past * rowBytes;
      const wPast = w + <usize>past * rowBytes;
      addScaledPair(wRow, vPast, -dotOf(wPast, vRow, i), wPast, -dotOf(vPast, vRow, i), i);
    }
    scale(wRow, tau, i);
    addScaledPair(wRow, vRow, -0.5 * tau * dotOf(wRow, vRow, i), vRow, 0, i);
  }
}

/**
 * The reflector that maps x (length n) to (0, …, 0, β): writes v with v[n − 1] = 1 and β, returns τ of
 * H = I − τ v vᵀ; 0 when x already has that form.
 */
function reflect(x: usize, n: i32, v: usize, beta: usize): f64 {
  const end = (<usize>(n - 1)) << 3;
  const alpha = load<f64>(x + end);
  const tail = dotOf(x, x, n - 1);
  if (tail === 0) {
    store<f64>(beta, alpha);
    return 0;
  }
  const norm = Math.sqrt(alpha * alpha + tail);
  const b = alpha > 0 ? -norm : norm;
  memory.copy(v, x, end);
  scale(v, 1 / (alpha - b), n - 1);
  store<f64>(v + end, 1);
  store<f64>(beta, b);
  return (b - alpha) / b;
}

/** y = A x for the leading n × n block of a symmetric A, whose lower triangle alone is read; y is zero before. */
function symmetricTimes(a: usize, rowBytes: usize, x: usize, y: usize, n: i32): void {
  let r = 0;
  for (; r + 4 <= n; r += 4) {
    const a0 = a + <usize>r * rowBytes;
    const a1 = a0 + rowBytes;
    const a2 = a1 + rowBytes;
    const a3 = a2 + rowBytes;
    const xr = x + ((<usize>r) << 3);
    const x0 = v128.load64_splat(xr);
    const x1 = v128.load64_splat(xr, 8);
    const x2 = v128.load64_splat(xr, 16);
    const x3 = v128.load64_splat(xr, 24);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    const end = (<usize>r) << 3;
    for (let j: usize = 0; j < end; j += 16) {
      const xj = v128.load(x + j);
      let yj = v128.load(y + j);
      const e0 = v128.load(a0 + j);
      s0 = f64x2.add(s0, f64x2.mul(e0, xj));
      yj = f64x2.add(yj, f64x2.mul(e0, x0));
      const e1 = v128.load(a1 + j);
      s1 = f64x2.add(s1, f64x2.mul(e1, xj));
      yj = f64x2.add(yj, f64x2.mul(e1, x1));
      const e2 = v128.load(a2 + j);
      s2 = f64x2.add(s2, f64x2.mul(e2, xj));
      yj = f64x2.add(yj, f64x2.mul(e2, x2));
      const e3 = v128.load(a3 + j);
      s3 = f64x2.add(s3, f64x2.mul(e3, xj));
      yj = f64x2.add(yj, f64x2.mul(e3, x3));
      v128.store(y + j, yj);
    }
    addAt(y, r, sum(s0));
    addAt(y, r + 1, sum(s1));
    addAt(y, r + 2, sum(s2));
    addAt(y, r + 3, sum(s3));
    for (let i = r; i < r + 4; i++) triangleRow(a, rowBytes, x, y, i, r);
  }
  for (; r < n; r++) triangleRow(a, rowBytes, x, y, r, 0);
}

/** What row i contributes from column `from` to the diagonal, and its mirror image. */
function triangleRow(a: usize, rowBytes: usize, x: usize, y: usize, i: i32, from: i32): void {
  const row = a + <usize>i * rowBytes;
  const xi = load<f64>(x + ((<usize>i) << 3));
  let s: f64 = 0;
  for (let j = from; j < i; j++) {
    const at = (<usize>j) << 3;
    const e = load<f64>(row + at);
    s += e * load<f64>(x + at);
    store<f64>(y + at, load<f64>(y + at) + e * xi);
  }
  addAt(y, i, s + load<f64>(row + ((<usize>i) << 3)) * xi);
}

/**
 * Packs V and W (rows of `stride` doubles, `count` of them) for `lowerRankUpdate`: P = [V W], Q = [W V], in tiles of
 * four positions, depth 2 · count.
 */
export function packPanel(v: usize, w: usize, stride: i32, count: i32, tiles: i32, p: usize, q: usize): void {
  const rowBytes = (<usize>stride) << 3;
  for (let tile = 0; tile < tiles; tile++) {
    const at = (<usize>tile) << 5;
    const base = (<usize>tile * count) << 6;
    for (let k = 0; k < count; k++) {
      const near = base + ((<usize>k) << 5);
      const far = base + ((<usize>(k + count)) << 5);
      copyFour(p + near, q + far, v + <usize>k * rowBytes + at);
      copyFour(p + far, q + near, w + <usize>k * rowBytes + at);
    }
  }
}

function copyFour(first: usize, second: usize, from: usize): void {
  const low = v128.load(from);
  const high = v128.load(from, 16);
  v128.store(first, low);
  v128.store(first, high, 16);
  v128.store(second, low);
  v128.store(second, high, 16);
}

function sum(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

function addAt(y: usize, index: i32, value: f64): void {
  const at = y + ((<usize>index) << 3);
  store<f64>(at, load<f64>(at) + value);
}

function dotOf(x: usize, y: usize, n: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  const end = x + ((<usize>n) << 3);
  const whole = x + ((<usize>(n & ~3)) << 3);
  while (x < whole) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
    x += 32;
    y += 32;
  }
  let s = sum(f64x2.add(s0, s1));
  while (x < end) {
    s += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return s;
}

/** y += s · x + t · z. */
function addScaledPair(y: usize, x: usize, s: f64, z: usize, t: f64, n: i32): void {
  const sv = f64x2.splat(s);
  const tv = f64x2.splat(t);
  const end = y + ((<usize>n) << 3);
  const whole = y + ((<usize>(n & ~1)) << 3);
  while (y < whole) {
    const added = f64x2.add(f64x2.mul(sv, v128.load(x)), f64x2.mul(tv, v128.load(z)));
    v128.store(y, f64x2.add(v128.load(y), added));
    x += 16;
    y += 16;
    z += 16;
  }
  if (y < end) store<f64>(y, load<f64>(y) + s * load<f64>(x) + t * load<f64>(z));
}

function scale(x: usize, s: f64, n: i32): void {
  for (let i = 0; i < n; i++) store<f64>(x + ((<usize>i) << 3), s * load<f64>(x + ((<usize>i) << 3)));
}
