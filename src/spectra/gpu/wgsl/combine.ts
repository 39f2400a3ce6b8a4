import type { KernelSource } from '../kernel.ts';

const THREADS = 256;

/** Vectors one workgroup of `combine` takes. */
export function combineVectors(width: number): number {
  return (4 * THREADS) / width;
}

/** Sums the parts of W and applies the small factor: W′[j, c] = Σ_k T[k, c]·Σ_part W[part, j, k], in `small` T first. */
export function combine(width: number): KernelSource {
  const quads = width / 4;
  return {
    label: `combine, ${width}`,
    params: ['count', 'parts'],
    storage: [
      { name: 'w', type: 'array<vec4<f32>>', access: 'read' },
      { name: 'small', type: 'array<vec4<f32>>', access: 'read' },
      { name: 'result', type: 'array<vec4<f32>>', access: 'read_write' },
    ],
    code: /* wgsl */ `
const QUADS = ${quads}u;
var<workgroup> sums: array<vec4<f32>, ${THREADS}>;
var<workgroup> factor: array<vec4<f32>, ${width * quads}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let j = (group.y + p.firstY) * ${combineVectors(width)}u + t / QUADS;
  let quad = t % QUADS;
  var sum = vec4<f32>();
  if (j < p.count) {
    for (var part = 0u; part < p.parts; part++) { sum += w[(part * p.count + j) * QUADS + quad]; }
  }
  sums[t] = sum;
  for (var e = t; e < ${width * quads}u; e += ${THREADS}u) { factor[e] = small[e]; }
  workgroupBarrier();
  var product = vec4<f32>();
  for (var k = 0u; k < ${width}u; k++) {
    product += sums[t - quad + k / 4u][k % 4u] * factor[k * QUADS + quad];
  }
  if (j < p.count) { result[j * QUADS + quad] = product; }
}
`,
  };
}
