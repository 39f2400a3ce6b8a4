/** Products of a float32 matrix with blocks of vectors, on the CPU. */
import { Kernels } from '../kernels/kernels.ts';
import type { HeldMatrix } from '../threads/spectra-threads.ts';

/** Terms summed in float32 before they go to float64: keeps the error of long sums at a few ulps, and X in the cache. */
const DEPTH = 256;
/** Rows of a product computed together, and floats a row of it is padded to. */
const TILE = 4;
const LANES = 8;

/** Holds a row-major matrix for multiplication. */
export async function multiplier(matrix: Float32Array, rows: number, columns: number): Promise<HeldMatrix> {
  const kernels = await Kernels.create();
  return {
    times: async (block, count) =>
      product(kernels, block, count, rows, columns, (packed, row, start, depth) => {
        for (let r = 0; r < Math.min(TILE, rows - row); r++) {
          const from = (row + r) * columns + start;
          for (let k = 0; k < depth; k++) packed[k * TILE + r] = matrix[from + k] as number;
        }
      }),
    transposeTimes: async (block, count) =>
      product(kernels, block, count, columns, rows, (packed, column, start, depth) => {
        const width = Math.min(TILE, columns - column);
        for (let k = 0; k < depth; k++) {
          const from = (start + k) * columns + column;
          for (let r = 0; r < width; r++) packed[k * TILE + r] = matrix[from + r] as number;
        }
      }),
    release: () => undefined,
  };
}

/** Packs [depth][4] of rows `row … row + 3` of the left factor; entries past the end may hold anything. */
type Pack = (packed: Float32Array, row: number, start: number, depth: number) => void;

function product(
  kernels: Kernels,
  block: Float32Array,
  count: number,
  outRows: number,
  inner: number,
  pack: Pack,
): Float32Array {
  const stride = Math.ceil(count / LANES) * LANES;
  const { packed, x, tile } = buffers(kernels, stride);
  const sums = new Float64Array(outRows * count);
  for (let start = 0; start < inner; start += DEPTH) {
    const depth = Math.min(DEPTH, inner - start);
    const inputs = kernels.floats(x, depth * stride);
    for (let k = 0; k < depth; k++)
      inputs.set(block.subarray((start + k) * count, (start + k + 1) * count), k * stride);
    for (let row = 0; row < outRows; row += TILE) {
      pack(kernels.floats(packed, depth * TILE), row, start, depth);
      const out = kernels.floats(tile, TILE * stride).fill(0);
      kernels.run.multiplyTile(packed, x, tile, depth, stride);
      for (let r = 0; r < Math.min(TILE, outRows - row); r++) {
        const at = (row + r) * count;
        for (let c = 0; c < count; c++)
          sums[at + c] = (sums[at + c] as number) + (out[r * stride + c] as number);
      }
    }
  }
  return Float32Array.from(sums);
}

const reserved = new WeakMap<Kernels, { stride: number; packed: number; x: number; tile: number }>();

/** Scratch, kept between products and renewed for wider blocks. */
function buffers(kernels: Kernels, stride: number): { packed: number; x: number; tile: number } {
  const found = reserved.get(kernels);
  if (found && found.stride >= stride) return found;
  const made = {
    stride,
    packed: kernels.reserve(DEPTH * TILE * 4),
    x: kernels.reserve(DEPTH * stride * 4),
    tile: kernels.reserve(TILE * stride * 4),
  };
  reserved.set(kernels, made);
  return made;
}
