/** Width and height of the register tile: 8 accumulators of two doubles, which with operands fill 16 registers. */
const TILE: i32 = 4;
/** Rows of P kept in the second-level cache while the whole of Q passes: 64 × 256 doubles are 128 kB. */
const BLOCK: i32 = 64;

/**
 * C += scale · P Qᵀ on and below the diagonal, in tiles of 4 × 4 (tiles on the diagonal are written whole).
 *
 * P and Q are packed: [tiles of 4 rows][depth][4] doubles, rows past the end zero. C is row-major with `stride`
 * doubles a row and room for whole tiles. Tiles of rows from `firstTile` to `tiles`; C's row and column of tile t start
 * at 4 t.
 */
export function lowerRankUpdate(
  c: usize,
  stride: i32,
  p: usize,
  q: usize,
  tiles: i32,
  depth: i32,
  scale: f64,
): void {
  const tilesPerBlock = BLOCK / TILE;
  for (let blockStart = 0; blockStart < tiles; blockStart += tilesPerBlock) {
    const blockEnd = min(blockStart + tilesPerBlock, tiles);
    for (let column = 0; column < blockEnd; column++) {
      const right = q + ((<usize>column * depth * TILE) << 3);
      for (let row = max(blockStart, column); row < blockEnd; row++) {
        const left = p + ((<usize>row * depth * TILE) << 3);
        const target = c + ((<usize>row * TILE * stride + column * TILE) << 3);
        updateTile(target, (<usize>stride) << 3, left, right, depth, scale);
      }
    }
  }
}

/** C += P Qᵀ, all of it: the same packing, `rowTiles` tiles of P by `columnTiles` of Q. */
export function multiplyAdd(
  c: usize,
  stride: i32,
  p: usize,
  q: usize,
  rowTiles: i32,
  columnTiles: i32,
  depth: i32,
): void {
  const tilesPerBlock = BLOCK / TILE;
  for (let blockStart = 0; blockStart < rowTiles; blockStart += tilesPerBlock) {
    const blockEnd = min(blockStart + tilesPerBlock, rowTiles);
    for (let column = 0; column < columnTiles; column++) {
      const right = q + ((<usize>(column * depth * TILE)) << 3);
      for (let row = blockStart; row < blockEnd; row++) {
        const left = p + ((<usize>(row * depth * TILE)) << 3);
        updateTile(
          c + ((<usize>(row * TILE * stride + column * TILE)) << 3),
          (<usize>stride) << 3,
          left,
          right,
          depth,
          1,
        );
      }
    }
  }
}

function updateTile(c: usize, rowBytes: usize, p: usize, q: usize, depth: i32, scale: f64): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  const end = p + ((<usize>depth) << 5);
  while (p < end) {
    const q0 = v128.load(q);
    const q1 = v128.load(q, 16);
    const p0 = v128.load64_splat(p);
    c00 = f64x2.add(c00, f64x2.mul(p0, q0));
    c01 = f64x2.add(c01, f64x2.mul(p0, q1));
    const p1 = v128.load64_splat(p, 8);
    c10 = f64x2.add(c10, f64x2.mul(p1, q0));
    c11 = f64x2.add(c11, f64x2.mul(p1, q1));
    const p2 = v128.load64_splat(p, 16);
    c20 = f64x2.add(c20, f64x2.mul(p2, q0));
    c21 = f64x2.add(c21, f64x2.mul(p2, q1));
    const p3 = v128.load64_splat(p, 24);
    c30 = f64x2.add(c30, f64x2.mul(p3, q0));
    c31 = f64x2.add(c31, f64x2.mul(p3, q1));
    p += 32;
    q += 32;
  }
  const factor = f64x2.splat(scale);
  addTo(c, c00, c01, factor);
  addTo(c + rowBytes, c10, c11, factor);
  addTo(c + 2 * rowBytes, c20, c21, factor);
  addTo(c + 3 * rowBytes, c30, c31, factor);
}

function addTo(c: usize, first: v128, second: v128, factor: v128): void {
  v128.store(c, f64x2.add(v128.load(c), f64x2.mul(factor, first)));
  v128.store(c, f64x2.add(v128.load(c, 16), f64x2.mul(factor, second)), 16);
}
