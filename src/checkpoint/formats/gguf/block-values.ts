/** Values of blocks, what they map onto, and what rounding to them has cost. */
import type { PackedRows } from '../codec.ts';
import { BLOCK_LAYOUTS, type BlockLayout } from './blocks.ts';
import { BLOCK_SIZES, type BlockType } from './ggml-types.ts';

/** The largest block. */
const levels = new Int8Array(256);
const scales = new Float32Array(16);
const minima = new Float32Array(16);

/** Decodes `blocks` blocks at the beginning of `bytes` to `out` from `first` on. */
export function decodeBlocks(
  type: BlockType,
  bytes: Uint8Array,
  blocks: number,
  out: Float32Array,
  first: number,
): void {
  const { elements, bytes: size } = BLOCK_SIZES[type];
  const { run, levels: readLevels, scales: readScales, hasMinima } = BLOCK_LAYOUTS[type];
  let to = first;
  for (let at = 0; at < blocks * size; at += size) {
    readLevels(bytes, at, levels);
    readScales(bytes, at, scales, minima);
    for (let from = 0, place = 0; from < elements; place += 1) {
      const scale = scales[place] as number;
      const end = from + run;
      if (hasMinima) {
        const minimum = minima[place] as number;
        for (; from < end; from += 1, to += 1) out[to] = scale * (levels[from] as number) + minimum;
      } else {
        for (; from < end; from += 1, to += 1) out[to] = scale * (levels[from] as number);
      }
    }
  }
}

/** Bits of the types whose levels are evenly spaced in blocks of 32 under one scale; others do not map onto `MatMulNBits`. */
export const PACKED_BITS: Partial<Record<BlockType, 4 | 8>> = { Q4_0: 4, Q8_0: 8 };

/** The levels as codes of weight −2^(bits−1) at 0, two of four bits to a byte in the order of elements. */
export function packBlocks(type: BlockType, bits: 4 | 8, bytes: Uint8Array, blocks: number): PackedRows {
  const size = BLOCK_SIZES[type].bytes;
  const layout = BLOCK_LAYOUTS[type];
  const packed = new Uint8Array(blocks * 4 * bits);
  const blockScales = new Float32Array(blocks);
  let to = 0;
  for (let block = 0; block < blocks; block += 1) {
    layout.levels(bytes, block * size, levels);
    layout.scales(bytes, block * size, scales, minima);
    blockScales[block] = scales[0] as number;
    if (bits === 8) {
      for (let i = 0; i < 32; i += 1) packed[to + i] = (levels[i] as number) + 128;
      to += 32;
    } else {
      for (let i = 0; i < 16; i += 1) {
        packed[to + i] = ((levels[2 * i] as number) + 8) | (((levels[2 * i + 1] as number) + 8) << 4);
      }
      to += 16;
    }
  }
  return { packed, scales: blockScales, zeroPoints: null };
}

/** Σ step² / 12 over the blocks: under each scale, levels lie one apart, or as far as the type's grid has them. */
export function blocksRoundingEnergy(type: BlockType, bytes: Uint8Array, blocks: number): number {
  const { elements, bytes: size } = BLOCK_SIZES[type];
  const layout = BLOCK_LAYOUTS[type];
  const squares = layout.grid && squaredSteps(layout.grid);
  let sum = 0;
  for (let block = 0; block < blocks; block += 1) {
    layout.scales(bytes, block * size, scales, minima);
    if (squares) layout.levels(bytes, block * size, levels);
    for (let run = 0; run * layout.run < elements; run += 1) {
      const squared = (scales[run] as number) ** 2;
      sum += squared * (squares ? runSquares(layout, squares, run) : layout.run);
    }
  }
  return sum / 12;
}

function runSquares({ run: length }: BlockLayout, squares: Float64Array, run: number): number {
  let sum = 0;
  for (let i = run * length; i < (run + 1) * length; i += 1) {
    sum += squares[(levels[i] as number) + 128] as number;
  }
  return sum;
}

/** By level + 128: the squared mean of the distances to both neighbours, or to the only one. */
function squaredSteps(grid: readonly number[]): Float64Array {
  const squares = new Float64Array(256);
  for (const [index, level] of grid.entries()) {
    const below = grid[Math.max(0, index - 1)] as number;
    const above = grid[Math.min(grid.length - 1, index + 1)] as number;
    const neighbours = (index > 0 ? 1 : 0) + (index < grid.length - 1 ? 1 : 0);
    squares[level + 128] = ((above - below) / neighbours) ** 2;
  }
  return squares;
}
