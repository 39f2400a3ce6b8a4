import type { KernelSource } from '../kernel.ts';
import type { PanelShape } from '../panel-shape.ts';

/**
 * Y of the block reflector, one workgroup a leaf: Y = Q·U⁻¹, where the leaf's rows of the whole Q are its own Q times
 * the blocks of the nodes above it. The first `width` rows are Y₁, the unit lower triangle that the root wrote; its
 * triangle S·R goes to the matrix, where the panel was.
 */
export function reflectors({ width, leaf, threads }: PanelShape): KernelSource {
  const squares = Math.ceil((width * width) / threads);
  const quads = width / 4;
  const each = Array.from({ length: quads }, (_, k) => k);
  return {
    label: `reflectors, ${width} × ${leaf}`,
    params: ['rows', 'levels', 'origin', 'rowStep', 'columnStep'],
    storage: [
      { name: 'q', type: 'array<f32>', access: 'read' },
      { name: 'small', type: 'array<f32>', access: 'read' },
      { name: 'y', type: 'array<vec4<f32>>', access: 'read_write' },
      { name: 'a', type: 'array<f32>', access: 'read_write' },
    ],
    code: /* wgsl */ `
const W = ${width}u;
const QUADS = ${quads}u;
const LEAF = ${leaf}u;
const FAN = ${leaf / width}u;
const THREADS = ${threads}u;

var<workgroup> path: array<f32, W * W>;
var<workgroup> pathQuads: array<vec4<f32>, W * QUADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let node = group.y + p.firstY;
  if (node == 0u) {
    for (var e = t; e < W * W; e += THREADS) {
      a[p.origin + e / W * p.rowStep + e % W * p.columnStep] = small[3u * W * W + e];
    }
  }
  for (var e = t; e < W * W; e += THREADS) { path[e] = select(0.0, 1.0, e / W == e % W); }
  workgroupBarrier();
  var offset = p.rows * W;
  var above = (p.rows + LEAF - 1u) / LEAF * W;
  var block = node;
  for (var level = 1u; level <= p.levels; level++) {
    // After the blocks of all levels above the leaves, U⁻¹.
    let last = level == p.levels;
    var product: array<f32, ${squares}>;
    for (var n = 0u; n < ${squares}u; n++) {
      let e = t + n * THREADS;
      var sum = 0.0;
      if (e < W * W) {
        for (var k = 0u; k < W; k++) {
          let left = path[e / W * W + k];
          if (last) { sum += left * small[W * W + k * W + e % W]; }
          else { sum += left * q[offset + (block * W + k) * W + e % W]; }
        }
      }
      product[n] = sum;
    }
    workgroupBarrier();
    for (var n = 0u; n < ${squares}u; n++) {
      let e = t + n * THREADS;
      if (e < W * W) { path[e] = product[n]; }
    }
    workgroupBarrier();
    offset += above * W;
    above = (above + LEAF - 1u) / LEAF * W;
    block = block / FAN;
  }

  for (var e = t; e < W * QUADS; e += THREADS) {
    pathQuads[e] = vec4<f32>(path[4u * e], path[4u * e + 1u], path[4u * e + 2u], path[4u * e + 3u]);
  }
  workgroupBarrier();

  let first = node * LEAF;
  let held = min(LEAF, p.rows - first);
  for (var i = t; i < held; i += THREADS) {
    let row = first + i;
    if (row < W) {
      ${each.map((k) => `y[row * QUADS + ${k}u] = ${firstRowQuad(k)};`).join('\n      ')}
    } else {
      ${each.map((k) => `var sum${k} = vec4<f32>();`).join('\n      ')}
      for (var k = 0u; k < W; k++) {
        let x = q[row * W + k];
        ${each.map((k) => `sum${k} += x * pathQuads[k * QUADS + ${k}u];`).join('\n        ')}
      }
      ${each.map((k) => `y[row * QUADS + ${k}u] = sum${k};`).join('\n      ')}
    }
  }
}
`,
  };
}

function firstRowQuad(k: number): string {
  const entries = [0, 1, 2, 3].map((l) => `small[2u * W * W + row * W + ${4 * k + l}u]`);
  return `vec4<f32>(${entries.join(', ')})`;
}
