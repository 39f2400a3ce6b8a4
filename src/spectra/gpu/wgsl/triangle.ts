import type { KernelSource } from '../kernel.ts';

export const TRIANGLE_TILE = 16;

/** Zeroes what lies strictly below the diagonal in the first `size` rows and columns of A. */
export const clearBelowDiagonal: KernelSource = {
  label: 'clear below diagonal',
  params: ['size', 'stride'],
  storage: [{ name: 'a', type: 'array<f32>', access: 'read_write' }],
  code: /* wgsl */ `
@compute @workgroup_size(${TRIANGLE_TILE}, ${TRIANGLE_TILE})
fn main(@builtin(local_invocation_id) local: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let row = (group.y + p.firstY) * ${TRIANGLE_TILE}u + local.y;
  let column = group.x * ${TRIANGLE_TILE}u + local.x;
  if (row < p.size && column < row) { a[row * p.stride + column] = 0.0; }
}
`,
};
