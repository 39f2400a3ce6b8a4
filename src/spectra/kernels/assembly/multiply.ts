/** Columns of the register tile: two vectors of four floats; with four rows, 8 accumulators. */
const LANES: i32 = 8;

/**
 * C += Pᵀ X in float32, for four rows of the product.
 *
 * P is packed [depth][4]; X is [depth][`stride`], C is four rows of `stride`; `stride` is a multiple of eight, values
 * past the block's own columns are zero.
 */
export function multiplyTile(p: usize, x: usize, c: usize, depth: i32, stride: i32): void {
  const rowBytes = (<usize>stride) << 2;
  for (let column = 0; column < stride; column += LANES) {
    const at = (<usize>column) << 2;
    multiplyColumns(p, x + at, c + at, depth, rowBytes);
  }
}

function multiplyColumns(p: usize, x: usize, c: usize, depth: i32, rowBytes: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = p + ((<usize>depth) << 4);
  while (p < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const p0 = v128.load32_splat(p);
    c00 = f32x4.add(c00, f32x4.mul(p0, x0));
    c01 = f32x4.add(c01, f32x4.mul(p0, x1));
    const p1 = v128.load32_splat(p, 4);
    c10 = f32x4.add(c10, f32x4.mul(p1, x0));
    c11 = f32x4.add(c11, f32x4.mul(p1, x1));
    const p2 = v128.load32_splat(p, 8);
    c20 = f32x4.add(c20, f32x4.mul(p2, x0));
    c21 = f32x4.add(c21, f32x4.mul(p2, x1));
    const p3 = v128.load32_splat(p, 12);
    c30 = f32x4.add(c30, f32x4.mul(p3, x0));
    c31 = f32x4.add(c31, f32x4.mul(p3, x1));
    p += 16;
    x += rowBytes;
  }
  addTo(c, c00, c01);
  addTo(c + rowBytes, c10, c11);
  addTo(c + 2 * rowBytes, c20, c21);
  addTo(c + 3 * rowBytes, c30, c31);
}

function addTo(c: usize, first: v128, second: v128): void {
  v128.store(c, f32x4.add(v128.load(c), first));
  v128.store(c, f32x4.add(v128.load(c, 16), second), 16);
}
