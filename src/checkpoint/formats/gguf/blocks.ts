/**
 * How blocks of quantized values are laid out (ggml-quants.c, and gguf-py's `quants`, which the values equal to the bit). Every type
 * is a level for each element, an integer of eight bits, and a scale, with some types a minimum too, for each run of elements:
 * value = level · scale + minimum. Level times scale is exact in float32, so that only the sum is rounded.
 */
import { halfValues } from '../../decoding.ts';
import type { BlockType } from './ggml-types.ts';

type Levels = Int8Array<ArrayBuffer>;
type Scales = Float32Array<ArrayBuffer>;

export interface BlockLayout {
  /** Elements that share a scale. */
  readonly run: number;
  /** Writes the levels of the block at `at`, in the order of its elements. */
  levels(bytes: Uint8Array, at: number, out: Levels): void;
  /** Writes the scale of each run, and its minimum where the type has any. */
  scales(bytes: Uint8Array, at: number, scales: Scales, minima: Scales): void;
  readonly hasMinima?: true;
  /** The levels that there are, ascending; left out where they are evenly spaced. */
  readonly grid?: readonly number[];
}

/** Of IQ4_NL and IQ4_XS: steps that widen from the middle. */
const NONLINEAR = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;
/** Twice the values of FP4 (E2M1), by code; the scale is half of what is meant. */
const FP4 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12] as const;
const FP4_GRID = [-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12] as const;

const at16 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
const half = (bytes: Uint8Array, at: number): number => halfValues()[at16(bytes, at)] as number;

/** Sixteen levels by code of four bits; runs of `run`, whose first half are low nibbles and second half high ones. */
function nibbles(first: number, blockElements: number, run: number, table: readonly number[]) {
  const level = Int8Array.from(table);
  const width = run / 2;
  return (bytes: Uint8Array, at: number, out: Levels): void => {
    let code = at + first;
    for (let element = 0; element < blockElements; element += run) {
      for (let i = 0; i < width; i += 1) {
        const pair = bytes[code + i] as number;
        out[element + i] = level[pair & 15] as number;
        out[element + width + i] = level[pair >> 4] as number;
      }
      code += width;
    }
  };
}

const from = (first: number): readonly number[] => Array.from({ length: 16 }, (_, code) => first + code);

/** Four bits as `nibbles` of 32, the fifth of element i in bit i of the 32 at `high`; all minus `zero`. */
function fiveBits(high: number, low: number, zero: number) {
  return (bytes: Uint8Array, at: number, out: Levels): void => {
    const fifth = at16(bytes, at + high) | (at16(bytes, at + high + 2) << 16);
    for (let i = 0; i < 16; i += 1) {
      const pair = bytes[at + low + i] as number;
      out[i] = ((pair & 15) | (((fifth >>> i) & 1) << 4)) - zero;
      out[16 + i] = ((pair >> 4) | (((fifth >>> (16 + i)) & 1) << 4)) - zero;
    }
  };
}

/** One scale, a half at `at`; a minimum behind it. */
const oneScale = (bytes: Uint8Array, at: number, scales: Scales): void => {
  scales[0] = half(bytes, at);
};
const scaleAndMinimum = (bytes: Uint8Array, at: number, scales: Scales, minima: Scales): void => {
  scales[0] = half(bytes, at);
  minima[0] = half(bytes, at + 2);
};

/** Two bits each: elements 0…127 in the first 32 bytes, from the low bits on, 128…255 in the second. */
function twoBits(first: number, bytes: Uint8Array, at: number, out: Levels): void {
  for (let element = 0; element < 256; element += 32) {
    const codes = at + first + (element >> 7) * 32;
    const shift = (element >> 4) & 6;
    for (let i = 0; i < 32; i += 1) out[element + i] = ((bytes[codes + i] as number) >> shift) & 3;
  }
}

/** Q4_K and Q5_K: eight scales and eight minima of six bits in twelve bytes, under two halves. */
function sixBitScales(bytes: Uint8Array, at: number, scales: Scales, minima: Scales): void {
  const scale = half(bytes, at);
  const minimum = half(bytes, at + 2);
  for (let i = 0; i < 4; i += 1) {
    const a = bytes[at + 4 + i] as number;
    const b = bytes[at + 8 + i] as number;
    const c = bytes[at + 12 + i] as number;
    scales[i] = scale * (a & 63);
    minima[i] = -(minimum * (b & 63));
    scales[4 + i] = scale * ((c & 15) | ((a >> 2) & 48));
    minima[4 + i] = -(minimum * ((c >> 4) | ((b >> 2) & 48)));
  }
}

/** Runs of 32, two of which share 32 bytes: the first has the low nibbles. */
function nibblePairs(first: number, bytes: Uint8Array, at: number, out: Levels): void {
  for (let element = 0; element < 256; element += 64) {
    const codes = at + first + (element >> 1);
    for (let i = 0; i < 32; i += 1) {
      const pair = bytes[codes + i] as number;
      out[element + i] = pair & 15;
      out[element + 32 + i] = pair >> 4;
    }
  }
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** Half of the power of two that a code of E8M0 means. */
function halfPower(code: number): number {
  word[0] = code < 2 ? 0x200000 << code : (code - 1) << 23;
  return float[0] as number;
}

/** Half of a scale of E4M3; the sign is not looked at, and 0x7F is 0 as in ggml. */
function halfE4M3(code: number): number {
  const [exponent, mantissa] = [(code >> 3) & 15, code & 7];
  if (code === 0x7f) return 0;
  return exponent === 0 ? mantissa * 2 ** -10 : (1 + mantissa / 8) * 2 ** (exponent - 8);
}

export const BLOCK_LAYOUTS: Readonly<Record<BlockType, BlockLayout>> = {
  Q4_0: { run: 32, levels: nibbles(2, 32, 32, from(-8)), scales: oneScale },
  Q4_1: { run: 32, levels: nibbles(4, 32, 32, from(0)), scales: scaleAndMinimum, hasMinima: true },
  Q5_0: { run: 32, levels: fiveBits(2, 6, 16), scales: oneScale },
  Q5_1: { run: 32, levels: fiveBits(4, 8, 0), scales: scaleAndMinimum, hasMinima: true },
  Q8_0: {
    run: 32,
    levels: (bytes, at, out) => {
      for (let i = 0; i < 32; i += 1) out[i] = bytes[at + 2 + i] as number;
    },
    scales: oneScale,
  },
  Q2_K: {
    run: 16,
    levels: (bytes, at, out) => twoBits(16, bytes, at, out),
    scales: (bytes, at, scales, minima) => {
      const scale = half(bytes, at + 80);
      const minimum = half(bytes, at + 82);
      for (let i = 0; i < 16; i += 1) {
        const pair = bytes[at + i] as number;
        scales[i] = scale * (pair & 15);
        minima[i] = -(minimum * (pair >> 4));
      }
    },
    hasMinima: true,
  },
  Q3_K: {
    run: 16,
    levels: (bytes, at, out) => {
      twoBits(32, bytes, at, out);
      for (let element = 0; element < 256; element += 32) {
        const bit = element >> 5;
        for (let i = 0; i < 32; i += 1) {
          // A third bit that is set stands for 0, one that is not for −4.
          out[element + i] =
            (out[element + i] as number) - 4 + ((((bytes[at + i] as number) >> bit) & 1) << 2);
        }
      }
    },
    scales: (bytes, at, scales) => {
      const scale = half(bytes, at + 108);
      for (let i = 0; i < 16; i += 1) {
        const low = ((bytes[at + 96 + (i & 7)] as number) >> ((i >> 3) << 2)) & 15;
        const high = ((bytes[at + 104 + (i & 3)] as number) >> ((i >> 2) << 1)) & 3;
        scales[i] = scale * ((low | (high << 4)) - 32);
      }
    },
  },
  Q4_K: {
    run: 32,
    levels: (bytes, at, out) => nibblePairs(16, bytes, at, out),
    scales: sixBitScales,
    hasMinima: true,
  },
  Q5_K: {
    run: 32,
    levels: (bytes, at, out) => {
      nibblePairs(48, bytes, at, out);
      for (let element = 0; element < 256; element += 32) {
        const bit = element >> 5;
        for (let i = 0; i < 32; i += 1) {
          out[element + i] =
            (out[element + i] as number) | ((((bytes[at + 16 + i] as number) >> bit) & 1) << 4);
        }
      }
    },
    scales: sixBitScales,
    hasMinima: true,
  },
  Q6_K: {
    run: 16,
    levels: (bytes, at, out) => {
      for (let element = 0; element < 256; element += 32) {
        const half = element >> 7;
        const part = (element >> 5) & 3;
        const low = at + half * 64 + (part & 1) * 32;
        const high = at + 128 + half * 32;
        for (let i = 0; i < 32; i += 1) {
          const four = ((bytes[low + i] as number) >> ((part >> 1) * 4)) & 15;
          const two = ((bytes[high + i] as number) >> (part * 2)) & 3;
          out[element + i] = (four | (two << 4)) - 32;
        }
      }
    },
    scales: (bytes, at, scales) => {
      const scale = half(bytes, at + 208);
      for (let i = 0; i < 16; i += 1) scales[i] = scale * (((bytes[at + 192 + i] as number) << 24) >> 24);
    },
  },
  IQ4_NL: { run: 32, levels: nibbles(2, 32, 32, NONLINEAR), scales: oneScale, grid: NONLINEAR },
  IQ4_XS: {
    run: 32,
    levels: nibbles(8, 256, 32, NONLINEAR),
    scales: (bytes, at, scales) => {
      const scale = half(bytes, at);
      const high = at16(bytes, at + 2);
      for (let i = 0; i < 8; i += 1) {
        const low = ((bytes[at + 4 + (i >> 1)] as number) >> ((i & 1) * 4)) & 15;
        scales[i] = scale * ((low | (((high >> (2 * i)) & 3) << 4)) - 32);
      }
    },
    grid: NONLINEAR,
  },
  MXFP4: {
    run: 32,
    levels: nibbles(1, 32, 32, FP4),
    scales: (bytes, at, scales) => {
      scales[0] = halfPower(bytes[at] as number);
    },
    grid: FP4_GRID,
  },
  NVFP4: {
    run: 16,
    levels: nibbles(4, 64, 16, FP4),
    scales: (bytes, at, scales) => {
      for (let i = 0; i < 4; i += 1) scales[i] = halfE4M3(bytes[at + i] as number);
    },
    grid: FP4_GRID,
  },
};
