import type { KernelSource } from '../kernel.ts';

/** Columns and rows of the matrix one workgroup updates. */
export const UPDATE_COLUMNS = 256;
export const UPDATE_ROWS = 32;

const THREADS = 128;

/**
 * A[r, c] −= Σ_k L[r, k]·R[c, k], L [rows, width], R [cols, width]: the update of both sides (L = Y, R = W′ from the left;
 * L = W′, R = Y from the right). A thread holds two of R's vectors in registers and walks down the rows; A is read and
 * written once.
 */
export function rankUpdate(width: number): KernelSource {
  const quads = width / 4;
  const each = Array.from({ length: quads }, (_, k) => k);
  const sum = (name: string): string => each.map((k) => `dot(l${k}, ${name}${k})`).join(' + ');
  return {
    label: `rank-${width} update`,
    params: ['rows', 'cols', 'origin', 'stride'],
    storage: [
      { name: 'left', type: 'array<vec4<f32>>', access: 'read' },
      { name: 'right', type: 'array<vec4<f32>>', access: 'read' },
      { name: 'a', type: 'array<f32>', access: 'read_write' },
    ],
    code: /* wgsl */ `
var<workgroup> tile: array<vec4<f32>, ${UPDATE_ROWS * quads}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let first = (group.y + p.firstY) * ${UPDATE_ROWS}u;
  let count = min(${UPDATE_ROWS}u, p.rows - first);
  for (var e = t; e < count * ${quads}u; e += ${THREADS}u) { tile[e] = left[first * ${quads}u + e]; }
  workgroupBarrier();
  let c0 = group.x * ${UPDATE_COLUMNS}u + t;
  let c1 = c0 + ${THREADS}u;
  if (c0 >= p.cols) { return; }
  let both = c1 < p.cols;
  let from0 = c0 * ${quads}u;
  let from1 = min(c1, p.cols - 1u) * ${quads}u;
  ${each.map((k) => `let x${k} = right[from0 + ${k}u]; let z${k} = right[from1 + ${k}u];`).join('\n  ')}
  for (var i = 0u; i < count; i++) {
    let at = p.origin + (first + i) * p.stride + c0;
    ${each.map((k) => `let l${k} = tile[i * ${quads}u + ${k}u];`).join(' ')}
    a[at] -= ${sum('x')};
    if (both) { a[at + ${THREADS}u] -= ${sum('z')}; }
  }
}
`,
  };
}
