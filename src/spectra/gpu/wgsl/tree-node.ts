import type { KernelSource } from '../kernel.ts';
import type { PanelShape } from '../panel-shape.ts';

/**
 * One node of the tree QR (TSQR; Demmel, Grigori, Hoemmen, Langou 2012): Householder QR of at most `leaf` rows in
 * workgroup memory, one workgroup a node. Row i, column c of what enters lies at origin + i·rowStep + c·columnStep: rows or
 * columns of the matrix, or the triangles of the level below. Writes the node's explicit Q, formed from the compact WY
 * product of its reflectors, and its triangle for the level above.
 *
 * The root also turns the tree's Q into a block reflector (Ballard et al. 2014, "Reconstructing Householder vectors
 * from tall-skinny QR"): with Q₁ the first `width` rows of the whole Q, it factors Q₁ − S = Y₁·U without pivoting,
 * S = diag(±1) chosen so that no pivot is below 1; then Q − [S; 0] = Y·U, and H = I − Y·T·Yᵀ with T = −U·S·Y₁⁻ᵀ is
 * orthogonal with H's first columns Q·S. It writes T, U⁻¹, Y₁ and S·R, one after the other, to `small`.
 */
export function treeNode({ width, leaf, threads }: PanelShape): KernelSource {
  return {
    label: `tree node, ${width} × ${leaf}`,
    params: [...['rows', 'origin', 'rowStep', 'columnStep', 'qOffset'], ...['root', 'levels', 'panelRows']],
    storage: [
      { name: 'below', type: 'array<f32>', access: 'read' },
      { name: 'q', type: 'array<f32>', access: 'read_write' },
      { name: 'above', type: 'array<f32>', access: 'read_write' },
      { name: 'small', type: 'array<f32>', access: 'read_write' },
    ],
    code: /* wgsl */ `
// What is shorter, beside entries up to 2, counts as zero: its squares lose digits below f32's normal numbers, or all where
// a device flushes them, and a reflector made from a wrong length is not orthogonal.
const NOTHING = ${2 ** -93};
const W = ${width}u;
const LEAF = ${leaf}u;
const THREADS = ${threads}u;
const SEGMENTS = ${threads / width}u;
// Entries of a W × W matrix per thread.
const SHARE = ${Math.ceil((width * width) / threads)}u;

var<workgroup> tile: array<f32, LEAF * W>;
var<workgroup> partial: array<f32, THREADS>;
var<workgroup> triangle: array<f32, W * W>;
var<workgroup> m: array<f32, W * W>;
var<workgroup> wy: array<f32, W * W>;
var<workgroup> tau: array<f32, W>;
var<workgroup> scale: array<f32, W>;
var<workgroup> signs: array<f32, W>;

fn total(c: u32) -> f32 {
  var sum = 0.0;
  for (var s = 0u; s < SEGMENTS; s++) { sum += partial[s * W + c]; }
  return sum;
}

// Entry of the unit lower trapezoid Y, which lies below the tile's diagonal.
fn reflector(i: u32, k: u32) -> f32 {
  return select(select(0.0, 1.0, i == k), tile[i * W + k], i > k);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let node = group.y + p.firstY;
  let first = node * LEAF;
  let held = min(LEAF, p.rows - first);
  let rows = max(held, W);
  let c = t % W;
  let s = t / W;
  // Neighbouring threads read neighbours in memory.
  let alongColumns = p.columnStep == 1u;
  for (var e = t; e < rows * W; e += THREADS) {
    let i = select(e % rows, e / W, alongColumns);
    let k = select(e / rows, e % W, alongColumns);
    let at = p.origin + min(first + i, p.rows - 1u) * p.rowStep + k * p.columnStep;
    tile[i * W + k] = select(0.0, below[at], first + i < p.rows);
  }
  workgroupBarrier();

  // Reflector j = I − τ v vᵀ, v = (1, scale · what lies below). Rows of R leave the tile as they are done, columns of v stay.
  for (var j = 0u; j < W; j++) {
    var sum = 0.0;
    for (var i = s; i < rows; i += SEGMENTS) {
      if (i > j) { sum += tile[i * W + j] * tile[i * W + c]; }
    }
    partial[t] = sum;
    workgroupBarrier();
    let below2 = total(j);
    let alpha = tile[j * W + j];
    let norm = sqrt(alpha * alpha + below2);
    let reflects = below2 > NOTHING;
    let beta = select(alpha, select(-norm, norm, alpha < 0.0), reflects);
    var weight = 0.0;
    var inverse = 0.0;
    if (reflects) {
      weight = (beta - alpha) / beta;
      inverse = 1.0 / (alpha - beta);
    }
    let change = weight * (tile[j * W + c] + inverse * total(c));
    if (s == 0u) {
      triangle[j * W + c] = select(select(0.0, beta, c == j), tile[j * W + c] - change, c > j);
      if (c == j) { tau[j] = weight; scale[j] = inverse; }
    }
    if (c > j) {
      for (var i = s; i < rows; i += SEGMENTS) {
        if (i > j) { tile[i * W + c] -= tile[i * W + j] * (inverse * change); }
      }
    }
    workgroupBarrier();
  }

  for (var i = s; i < rows; i += SEGMENTS) {
    if (i > c) { tile[i * W + c] *= scale[c]; }
  }
  workgroupBarrier();
  // YᵀY above the diagonal.
  for (var e = t; e < W * W; e += THREADS) {
    let k = e / W;
    let l = e % W;
    var sum = 0.0;
    if (k < l) {
      sum = tile[l * W + k];
      for (var i = l + 1u; i < rows; i++) { sum += tile[i * W + k] * tile[i * W + l]; }
    }
    m[e] = sum;
  }
  workgroupBarrier();
  // The node's own T, a row a thread: T[r, l] = −τ_l Σ_k T[r, k]·(YᵀY)[k, l].
  if (t < W) {
    for (var l = 0u; l < W; l++) {
      var sum = 0.0;
      for (var k = t; k < l; k++) { sum -= wy[t * W + k] * m[k * W + l]; }
      wy[t * W + l] = select(tau[l] * sum, tau[l], l == t);
    }
  }
  workgroupBarrier();
  for (var e = t; e < W * W; e += THREADS) {
    let k = e / W;
    let l = e % W;
    var sum = 0.0;
    for (var n = k; n <= l; n++) { sum += wy[k * W + n] * reflector(l, n); }
    m[e] = sum;
    if (p.root == 0u) { above[node * W * W + e] = triangle[e]; }
  }
  workgroupBarrier();
  // Q = I − Y·(T·Y₁ᵀ), first columns.
  for (var e = t; e < rows * W; e += THREADS) {
    let i = e / W;
    let l = e % W;
    var sum = select(0.0, 1.0, i == l);
    for (var k = 0u; k < W; k++) { sum -= reflector(i, k) * m[k * W + l]; }
    if (i < held) { q[p.qOffset + first * W + e] = sum; }
    if (i < W) { wy[e] = sum; }
  }
  if (p.root == 0u) { return; }
  workgroupBarrier();

  // The first rows of the whole Q: the product of all levels' first rows, down from the root's.
  for (var e = t; e < W * W; e += THREADS) { m[e] = wy[e]; }
  workgroupBarrier();
  for (var level = p.levels - 1u; level > 0u; level--) {
    var offset = 0u;
    var rowsBelow = p.panelRows;
    for (var l = 1u; l < level; l++) {
      offset += rowsBelow * W;
      rowsBelow = (rowsBelow + LEAF - 1u) / LEAF * W;
    }
    var product: array<f32, SHARE>;
    for (var n = 0u; n < SHARE; n++) {
      let e = t + n * THREADS;
      var sum = 0.0;
      if (e < W * W) {
        for (var k = 0u; k < W; k++) { sum += q[offset + e / W * W + k] * m[k * W + e % W]; }
      }
      product[n] = sum;
    }
    workgroupBarrier();
    for (var n = 0u; n < SHARE; n++) {
      let e = t + n * THREADS;
      if (e < W * W) { m[e] = product[n]; }
    }
    workgroupBarrier();
  }

  // m becomes U on and above the diagonal, Y₁ below it.
  for (var j = 0u; j < W; j++) {
    let sign = select(-1.0, 1.0, m[j * W + j] < 0.0);
    let pivot = m[j * W + j] - sign;
    for (var e = t; e < W * W; e += THREADS) {
      let i = e / W;
      let k = e % W;
      if (i > j && k > j) { m[e] -= m[i * W + j] / pivot * m[j * W + k]; }
    }
    workgroupBarrier();
    for (var e = t; e < W * W; e += THREADS) {
      if (e % W == j && e / W > j) { m[e] = m[e] / pivot; }
      if (e == j * W + j) { m[e] = pivot; signs[j] = sign; }
    }
  }
  workgroupBarrier();

  // T in the first W rows of the tile, a row a thread; U⁻¹ in the next, a column a thread.
  if (t < W) {
    for (var k = 0u; k < W; k++) {
      var sum = 0.0;
      if (k >= t) {
        sum = -m[t * W + k] * signs[k];
        for (var l = t; l < k; l++) { sum -= tile[t * W + l] * m[k * W + l]; }
      }
      tile[t * W + k] = sum;
    }
  } else if (t < 2u * W) {
    let column = t - W;
    for (var step = 0u; step < W; step++) {
      let i = W - 1u - step;
      var sum = 0.0;
      if (i <= column) {
        sum = select(0.0, 1.0, i == column);
        for (var l = i + 1u; l <= column; l++) { sum -= m[i * W + l] * tile[(W + l) * W + column]; }
        sum /= m[i * W + i];
      }
      tile[(W + i) * W + column] = sum;
    }
  }
  workgroupBarrier();
  for (var e = t; e < W * W; e += THREADS) {
    let i = e / W;
    let k = e % W;
    small[e] = tile[e];
    small[W * W + e] = tile[W * W + e];
    small[2u * W * W + e] = select(select(0.0, 1.0, i == k), m[e], i > k);
    small[3u * W * W + e] = signs[i] * triangle[e];
  }
}
`,
  };
}
