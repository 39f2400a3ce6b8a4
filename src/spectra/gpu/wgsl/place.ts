import type { KernelSource } from '../kernel.ts';

/** Rows and columns of the piece one workgroup places. */
export const PLACE_TILE = 16;

/**
 * Copies a row-major piece [rows, cols] to row-major A at an offset, each entry times a factor (f32 bits in `scale`);
 * `transposed` through workgroup memory, so that reads and writes both run along neighbours.
 */
export function place(transposed: boolean): KernelSource {
  return {
    label: transposed ? 'place transposed' : 'place',
    params: ['rows', 'cols', 'origin', 'stride', 'scale'],
    storage: [
      { name: 'piece', type: 'array<f32>', access: 'read' },
      { name: 'a', type: 'array<f32>', access: 'read_write' },
    ],
    code: /* wgsl */ `
const TILE = ${PLACE_TILE}u;
var<workgroup> tile: array<f32, TILE * (TILE + 1u)>;

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(local_invocation_id) local: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let firstRow = (group.y + p.firstY) * TILE;
  let firstColumn = group.x * TILE;
  let factor = bitcast<f32>(p.scale);
  let row = firstRow + local.y;
  let column = firstColumn + local.x;
  let inside = row < p.rows && column < p.cols;
  ${
    transposed
      ? `if (inside) { tile[local.x * (TILE + 1u) + local.y] = factor * piece[row * p.cols + column]; }
  workgroupBarrier();
  let fromRow = firstRow + local.x;
  let fromColumn = firstColumn + local.y;
  if (fromRow < p.rows && fromColumn < p.cols) {
    a[p.origin + fromColumn * p.stride + fromRow] = tile[local.y * (TILE + 1u) + local.x];
  }`
      : 'if (inside) { a[p.origin + row * p.stride + column] = factor * piece[row * p.cols + column]; }'
  }
}
`,
  };
}
