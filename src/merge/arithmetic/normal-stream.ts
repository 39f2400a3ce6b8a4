/** Standard normal values that depend on seed, tensor and element alone. */
import { philox4x32 } from './philox.ts';

/** A stream of noise: one per tensor and seed. */
export interface NoiseStream {
  /** 0 … 2³² − 1. */
  readonly seed: number;
  /** Canonical name: two spellings of one tensor get the same noise. */
  readonly tensor: string;
}

const TURN = 2 * Math.PI;

/** FNV-1a over the UTF-8 bytes, from `basis`. */
function hash(text: string, basis: number): number {
  let state = basis;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return state >>> 0;
}

/** The FNV offset basis, and the same with its halves exchanged: two words of the stream's name. */
const BASES = [0x811c9dc5, 0x9dc5811c] as const;

/**
 * Elements `[first, first + out.length)` of a stream of independent N(0, 1) values, in float64: Philox4x32-10 with
 * counter (⌊i / 4⌋ low, high, 0, 0) and key (seed ⊕ hash₀(tensor), hash₁(tensor)), each pair of words (u, v) by
 * Box and Muller's r = √(−2 ln((u + ½) / 2³²)), r cos 2πw and r sin 2πw with w = v / 2³².
 *
 * @param first index of the first element, a safe integer
 */
export function normals({ seed, tensor }: NoiseStream, first: number, out: Float64Array): void {
  const [key0, key1] = [(seed ^ hash(tensor, BASES[0])) >>> 0, hash(tensor, BASES[1])];
  const words = new Uint32Array(4);
  const end = first + out.length;
  for (let block = Math.floor(first / 4); block * 4 < end; block += 1) {
    words[0] = block % 0x100000000;
    words[1] = Math.floor(block / 0x100000000);
    words[2] = 0;
    words[3] = 0;
    philox4x32(words, key0, key1);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(((words[pair] as number) + 0.5) / 0x100000000));
      const angle = (TURN * (words[pair + 1] as number)) / 0x100000000;
      const at = block * 4 + pair - first;
      // Writes outside a typed array are dropped: the ends of a piece may lie within a block.
      if (at >= 0) out[at] = radius * Math.cos(angle);
      if (at + 1 >= 0) out[at + 1] = radius * Math.sin(angle);
    }
  }
}
