import type { KernelSource } from '../kernel.ts';

export const EXTRACT_THREADS = 64;

/** band[i, k] = A[i, i + k], k = 0 … width, zero past the last column. */
export function extractBand(width: number): KernelSource {
  return {
    label: `extract band, ${width}`,
    params: ['size', 'stride'],
    storage: [
      { name: 'a', type: 'array<f32>', access: 'read' },
      { name: 'band', type: 'array<f32>', access: 'read_write' },
    ],
    code: /* wgsl */ `
@compute @workgroup_size(${EXTRACT_THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let e = (group.y + p.firstY) * ${EXTRACT_THREADS}u + t;
  let i = e / ${width + 1}u;
  let k = e % ${width + 1}u;
  if (i >= p.size) { return; }
  let column = min(i + k, p.size - 1u);
  band[e] = select(0.0, a[i * p.stride + column], i + k < p.size);
}
`,
  };
}
