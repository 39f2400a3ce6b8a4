/** Tensors of GGUF files: blocks, and what one tensor elsewhere is made of several here. */
import { toFloat32 } from '../../decoding.ts';
import type { Codec, PackedRows, Packing, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';
import { blocksRoundingEnergy, decodeBlocks, packBlocks, PACKED_BITS } from './block-values.ts';
import { BLOCK_SIZES, isPlainType, type ReadType } from './ggml-types.ts';

/** A tensor of the file, in whole or as a part of what it is read as. */
export interface GgufPiece {
  /** Its part in the encoded tensor. */
  readonly part: string;
  readonly type: ReadType;
  readonly rows: number;
  readonly columns: number;
}

export interface GgufCoding {
  readonly pieces: readonly GgufPiece[];
  /**
   * How several pieces are put together: null, by rows, one piece after the other; a number, by columns: so many of each in turn.
   */
  readonly turns: number | null;
}

type Tensor = EncodedTensor<string, GgufCoding>;

const NOTHING = new Uint8Array(0);

export const gguf: Codec<GgufCoding> = {
  ranges: (tensor: Tensor, rows: Rows): Readonly<Record<string, PartRange>> =>
    Object.fromEntries(
      slices(tensor, rows).map(({ piece, first, count }) => {
        const bytes = rowBytes(piece);
        return [piece.part, { start: first * bytes, end: (first + count) * bytes }];
      }),
    ),

  decode: (tensor: Tensor, bytes: PartBytes, rows: Rows) => {
    const { columns } = matrixOf(tensor.shape);
    const out = new Float32Array(rows.count * columns);
    const { turns } = tensor.coding;
    let at = 0;
    for (const [index, { piece, count }] of slices(tensor, rows).entries()) {
      const source = bytes[piece.part] ?? NOTHING;
      if (turns === null) {
        decodePiece(piece, source, count, out, at);
        at += count * piece.columns;
      } else {
        const values = new Float32Array(count * piece.columns);
        decodePiece(piece, source, count, values, 0);
        interleave(values, out, turns, index, tensor.coding.pieces.length);
      }
    }
    return out;
  },

  quantized: ({ coding: { pieces } }: Tensor) => pieces.some(({ type }) => !isPlainType(type)),

  packed: {
    packing: (tensor: Tensor): Packing | null => {
      const bits = bitsOf(tensor);
      return bits === null ? null : { bits, zeroPoints: false, wide: false };
    },
    pack: (tensor: Tensor, bytes: PartBytes, rows: Rows): PackedRows => {
      const bits = bitsOf(tensor);
      const parts = slices(tensor, rows).map(({ piece, count }) => {
        if (bits === null || isPlainType(piece.type)) throw new RangeError(`${piece.type} has no packing`);
        const blocks = (count * piece.columns) / 32;
        return packBlocks(piece.type, bits, bytes[piece.part] ?? NOTHING, blocks);
      });
      const [only, ...others] = parts;
      if (only && others.length === 0) return only;
      return {
        packed: joined(
          Uint8Array,
          parts.map(({ packed }) => packed),
        ),
        scales: joined(
          Float32Array,
          parts.map(({ scales }) => scales),
        ),
        zeroPoints: null,
      };
    },
  },

  roundingEnergy: (tensor: Tensor, bytes: PartBytes, rows: Rows): number =>
    slices(tensor, rows).reduce((sum, { piece, count }) => {
      if (isPlainType(piece.type)) return sum;
      const blocks = (count * piece.columns) / BLOCK_SIZES[piece.type].elements;
      return sum + blocksRoundingEnergy(piece.type, bytes[piece.part] ?? NOTHING, blocks);
    }, 0),
};

/** What of each piece some rows are made of; pieces that give nothing are left out. */
function slices(
  { coding: { pieces, turns } }: Tensor,
  { first, count }: Rows,
): { readonly piece: GgufPiece; readonly first: number; readonly count: number }[] {
  if (turns !== null) return pieces.map((piece) => ({ piece, first, count }));
  let above = 0;
  return pieces.flatMap((piece) => {
    const begin = Math.max(0, first - above);
    const end = Math.min(piece.rows, first + count - above);
    above += piece.rows;
    return begin < end ? [{ piece, first: begin, count: end - begin }] : [];
  });
}

function rowBytes({ type, columns }: GgufPiece): number {
  return (columns / BLOCK_SIZES[type].elements) * BLOCK_SIZES[type].bytes;
}

function decodePiece(
  { type, columns }: GgufPiece,
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  out: Float32Array<ArrayBuffer>,
  at: number,
): void {
  const count = rows * columns;
  if (isPlainType(type)) toFloat32(bytes, type, out.subarray(at, at + count));
  else decodeBlocks(type, bytes, count / BLOCK_SIZES[type].elements, out, at);
}

/** Lays runs of `width` values out as every `of`-th run, from the `index`-th on. */
function interleave(values: Float32Array, out: Float32Array, width: number, index: number, of: number): void {
  for (let run = 0; run * width < values.length; run += 1) {
    out.set(values.subarray(run * width, (run + 1) * width), (run * of + index) * width);
  }
}

/** Of a matrix whose pieces are all of one type that maps onto `MatMulNBits`; else null. */
function bitsOf({ shape, coding: { pieces, turns } }: Tensor): 4 | 8 | null {
  const types = new Set(pieces.map(({ type }) => type));
  const [type, ...others] = types;
  if (shape.length !== 2 || turns !== null || type === undefined || others.length > 0 || isPlainType(type))
    return null;
  return PACKED_BITS[type] ?? null;
}

function joined<T extends Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(
  make: new (length: number) => T,
  parts: readonly T[],
): T {
  const whole = new make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
