import type { KernelSource } from '../kernel.ts';

/** Rows and columns of the product one workgroup computes. */
export const MULTIPLY_TILE = 64;
/** Depth of a tile in workgroup memory: 8 KiB for both factors, half of what every device has. */
const DEPTH = 16;
/** A thread computes 4 × 4 entries from registers. */
const BLOCK = 4;
const THREADS = (MULTIPLY_TILE / BLOCK) ** 2;

/**
 * Part of C = op(A)·B, op(A) [m, k], B [k, n] row-major; A is stored row-major as [m, k], or as [k, m] and read
 * `transposed`. Parts run along k (each `partDepth` long, one after the other in the result) so that a product with few
 * entries still fills a GPU; `sumParts` adds them. Workgroups: x over n, y over parts and m.
 */
export function multiply(transposed: boolean): KernelSource {
  const entry = transposed ? 'a[kk * p.m + i]' : 'a[i * p.k + kk]';
  const each = [0, 1, 2, 3];
  return {
    label: transposed ? 'multiply transposed' : 'multiply',
    params: ['m', 'n', 'k', 'partDepth'],
    storage: [
      { name: 'a', type: 'array<f32>', access: 'read' },
      { name: 'b', type: 'array<f32>', access: 'read' },
      { name: 'c', type: 'array<f32>', access: 'read_write' },
    ],
    code: /* wgsl */ `
const TILE = ${MULTIPLY_TILE}u;
const DEPTH = ${DEPTH}u;
// One more than the tile: what is written down a column goes to different banks.
const STRIDE = TILE + 4u;
var<workgroup> tileA: array<f32, DEPTH * STRIDE>;
var<workgroup> tileB: array<vec4<f32>, DEPTH * TILE / 4u>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let rowTiles = (p.m + TILE - 1u) / TILE;
  let y = group.y + p.firstY;
  let part = y / rowTiles;
  let i0 = y % rowTiles * TILE;
  let j0 = group.x * TILE;
  let end = min(p.k, (part + 1u) * p.partDepth);
  let row = t / ${MULTIPLY_TILE / BLOCK}u * 4u;
  let column = t % ${MULTIPLY_TILE / BLOCK}u;
  ${each.map((r) => `var s${r} = vec4<f32>();`).join(' ')}
  for (var first = part * p.partDepth; first < end; first += DEPTH) {
    for (var e = t; e < TILE * DEPTH; e += ${THREADS}u) {
      let local = vec2<u32>(${transposed ? 'e % TILE, e / TILE' : 'e / DEPTH, e % DEPTH'});
      let i = min(i0 + local.x, p.m - 1u);
      let kk = min(first + local.y, p.k - 1u);
      tileA[local.y * STRIDE + local.x] = select(0.0, ${entry}, first + local.y < end);
    }
    for (var e = t; e < DEPTH * TILE / 4u; e += ${THREADS}u) {
      let kk = min(first + e / (TILE / 4u), p.k - 1u);
      let j = j0 + e % (TILE / 4u) * 4u;
      var quad = vec4<f32>();
      for (var l = 0u; l < 4u; l++) {
        if (j + l < p.n && first + e / (TILE / 4u) < end) { quad[l] = b[kk * p.n + j + l]; }
      }
      tileB[e] = quad;
    }
    workgroupBarrier();
    for (var d = 0u; d < DEPTH; d++) {
      let right = tileB[d * (TILE / 4u) + column];
      let base = d * STRIDE + row;
      ${each.map((r) => `s${r} += tileA[base + ${r}u] * right;`).join(' ')}
    }
    workgroupBarrier();
  }
  ${each
    .map(
      (r) => `if (i0 + row + ${r}u < p.m) {
    let at = (part * p.m + i0 + row + ${r}u) * p.n;
    for (var l = 0u; l < 4u; l++) {
      let j = j0 + column * 4u + l;
      if (j < p.n) { c[at + j] = s${r}[l]; }
    }
  }`,
    )
    .join('\n  ')}
}
`,
  };
}

export const SUM_THREADS = 64;

/** sum[i] = Σ_part parts[part, i], added to what is there where `accumulate` is 1. */
export const sumParts: KernelSource = {
  label: 'sum parts',
  params: ['count', 'parts', 'accumulate', 'origin', 'across'],
  storage: [
    { name: 'parts', type: 'array<f32>', access: 'read' },
    { name: 'sum', type: 'array<f32>', access: 'read_write' },
  ],
  code: /* wgsl */ `
@compute @workgroup_size(${SUM_THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let i = ((group.y + p.firstY) * p.across + group.x) * ${SUM_THREADS}u + t;
  if (i >= p.count) { return; }
  var total = select(0.0, sum[p.origin + i], p.accumulate == 1u);
  for (var part = 0u; part < p.parts; part++) { total += parts[part * p.count + i]; }
  sum[p.origin + i] = total;
}
`,
};
