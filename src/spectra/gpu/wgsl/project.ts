import type { KernelSource } from '../kernel.ts';

/** Columns one workgroup of `projectColumns` takes. */
export const PROJECT_COLUMNS = 256;
/** Rows of the matrix one workgroup of `projectRows` takes. */
export const PROJECT_ROWS = 128;

const THREADS = 128;
/** Rows of Y in workgroup memory at a time. */
const TILE = 32;

const PARAMS = ['rows', 'cols', 'origin', 'stride', 'partRows'];
const STORAGE: KernelSource['storage'] = [
  { name: 'a', type: 'array<f32>', access: 'read' },
  { name: 'y', type: 'array<vec4<f32>>', access: 'read' },
  { name: 'w', type: 'array<vec4<f32>>', access: 'read_write' },
];

/**
 * W = AᵀY, Y [rows, width]: W[j] = Σ_i A[i, j]·Y[i], a vector of `width` per column j of A. One workgroup takes a strip
 * of columns and a part of the rows; parts are summed by `combine`. Every entry of A is read once and used `width` times
 * from registers.
 */
export function projectColumns(width: number): KernelSource {
  const { quads, each, load } = tileOfY(width);
  return {
    label: `project columns, ${width}`,
    ...{ params: PARAMS, storage: STORAGE },
    code: /* wgsl */ `
var<workgroup> tile: array<vec4<f32>, ${TILE * quads}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let part = group.y + p.firstY;
  let j0 = group.x * ${PROJECT_COLUMNS}u + t;
  let j1 = j0 + ${THREADS}u;
  // Beyond the edge a thread repeats the last column and writes nothing.
  let at0 = p.origin + min(j0, p.cols - 1u);
  let at1 = p.origin + min(j1, p.cols - 1u);
  let end = min(p.rows, (part + 1u) * p.partRows);
  ${each.map((k) => `var s${k} = vec4<f32>(); var u${k} = vec4<f32>();`).join('\n  ')}
  for (var first = part * p.partRows; first < end; first += ${TILE}u) {
    ${load}
    workgroupBarrier();
    let count = min(${TILE}u, end - first);
    for (var i = 0u; i < count; i++) {
      let row = (first + i) * p.stride;
      let x = a[at0 + row];
      let z = a[at1 + row];
      ${each.map((k) => `let y${k} = tile[i * ${quads}u + ${k}u]; s${k} += x * y${k}; u${k} += z * y${k};`).join('\n      ')}
    }
    workgroupBarrier();
  }
  if (j0 < p.cols) { ${each.map((k) => `w[(part * p.cols + j0) * ${quads}u + ${k}u] = s${k};`).join(' ')} }
  if (j1 < p.cols) { ${each.map((k) => `w[(part * p.cols + j1) * ${quads}u + ${k}u] = u${k};`).join(' ')} }
}
`,
  };
}

/**
 * W = A·Y, Y [cols, width]: W[j] = Σ_i A[j, i]·Y[i], a vector of `width` per row j of A; parts of the columns are summed
 * by `combine`. In its parameters `rows` are Y's rows and `cols` those of W, as in `projectColumns`.
 */
export function projectRows(width: number): KernelSource {
  const { quads, each, load } = tileOfY(width);
  return {
    label: `project rows, ${width}`,
    ...{ params: PARAMS, storage: STORAGE },
    code: /* wgsl */ `
// Turned round through workgroup memory, so that both the read and the sum run along neighbours; half a tile at a time.
const DEPTH = ${TILE / 2}u;
var<workgroup> tile: array<vec4<f32>, ${TILE * quads}>;
var<workgroup> strip: array<f32, ${PROJECT_ROWS} * (DEPTH + 1u)>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let part = group.y + p.firstY;
  let j0 = group.x * ${PROJECT_ROWS}u;
  let end = min(p.rows, (part + 1u) * p.partRows);
  ${each.map((k) => `var s${k} = vec4<f32>();`).join('\n  ')}
  for (var first = part * p.partRows; first < end; first += ${TILE}u) {
    ${load}
    for (var half = first; half < first + ${TILE}u; half += DEPTH) {
      for (var e = t; e < ${PROJECT_ROWS}u * DEPTH; e += ${THREADS}u) {
        let j = e / DEPTH;
        let i = e % DEPTH;
        let inside = j0 + j < p.cols && half + i < end;
        let at = p.origin + min(j0 + j, p.cols - 1u) * p.stride + min(half + i, p.rows - 1u);
        strip[j * (DEPTH + 1u) + i] = select(0.0, a[at], inside);
      }
      workgroupBarrier();
      for (var i = 0u; i < DEPTH; i++) {
        let x = strip[t * (DEPTH + 1u) + i];
        let base = (half - first + i) * ${quads}u;
        ${each.map((k) => `s${k} += x * tile[base + ${k}u];`).join(' ')}
      }
      workgroupBarrier();
    }
  }
  let j = j0 + t;
  if (j < p.cols) { ${each.map((k) => `w[(part * p.cols + j) * ${quads}u + ${k}u] = s${k};`).join(' ')} }
}
`,
  };
}

function tileOfY(width: number) {
  const quads = width / 4;
  const each = Array.from({ length: quads }, (_, k) => k);
  const load = `for (var e = t; e < ${TILE * quads}u; e += ${THREADS}u) {
      let row = first + e / ${quads}u;
      tile[e] = select(vec4<f32>(), y[min(row, p.rows - 1u) * ${quads}u + e % ${quads}u], row < end);
    }`;
  return { quads, each, load };
}
