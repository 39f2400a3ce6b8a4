/**
 * Codes whose words can be moved into the blocks of `MatMulNBits` whole: their bits stand in the order that the blocks have, or a
 * transposition of words or nibbles away from it. As fast as memory, nearly.
 */
import type { Rows } from '../codec.ts';
import { storedShape, type CodeLayout, type MatrixSize } from './code-layout.ts';
import { BLOCK } from './matmul-blocks.ts';

/** Words of a tile, each way: a tile of both sides stays in the cache. */
const TILE = 16;

/**
 * @param bytes what `codeBytes` says
 * @returns codes as `PackedRows.packed` has them, unchanged; null where they have to be taken apart
 */
export function quickBlocks(
  layout: CodeLayout,
  bytes: Uint8Array<ArrayBuffer>,
  size: MatrixSize,
  { first, count }: Rows,
): Uint8Array<ArrayBuffer> | null {
  const { bits, along, order, packing, added } = layout;
  if ((bits !== 4 && bits !== 8) || added !== undefined || size.columns % BLOCK !== 0) return null;
  if (packing === 'bytes') return order === 'rows' ? unsigned(bytes) : null;
  if (along === 'columns') {
    if (packing === 'interleaved') return null;
    // Words that lie row after row are the blocks already.
    return order === 'rows' ? bytes : transposedWords(wordsOf(bytes), layout, size, { first, count });
  }
  const eights = packing === 'interleaved' && order === 'columns' && first % 8 === 0 && count % 8 === 0;
  return eights ? transposedNibbles(wordsOf(bytes), size, { first, count }) : null;
}

/** Codes from −128 as they are counted from 0. */
function unsigned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const moved = bytes.slice();
  const words = new Uint32Array(moved.buffer, 0, moved.length >> 2);
  for (let at = 0; at < words.length; at += 1) words[at] = (words[at] as number) ^ 0x80808080;
  return moved;
}

function wordsOf(bytes: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(buffer, byteOffset, length >> 2);
}

/** Words `[columns / 8, rows]` (of 8 bits, `[columns / 4, rows]`) as `[count, columns / 8]`. */
function transposedWords(
  words: Uint32Array,
  layout: CodeLayout,
  size: MatrixSize,
  { first, count }: Rows,
): Uint8Array<ArrayBuffer> {
  const [high, wide] = storedShape(layout, size);
  const out = new Uint32Array(count * high);
  for (let rows = 0; rows < count; rows += TILE) {
    const rowsEnd = Math.min(count, rows + TILE);
    for (let tile = 0; tile < high; tile += TILE) {
      const tileEnd = Math.min(high, tile + TILE);
      for (let row = rows; row < rowsEnd; row += 1) {
        let from = tile * wide + first + row;
        for (let to = row * high + tile; to < row * high + tileEnd; to += 1) {
          out[to] = words[from] as number;
          from += wide;
        }
      }
    }
  }
  return new Uint8Array(out.buffer);
}

/**
 * Words `[columns, rows / 8]` of eight rows each, interleaved, as `[count, columns / 8]` words of eight columns: nibble j of word i and
 * nibble i of word j change places, halves first, then bytes, then nibbles, as a matrix of bits is transposed. In variables of their
 * own: an array of eight takes several times as long.
 */
function transposedNibbles(
  words: Uint32Array,
  { rows, columns }: MatrixSize,
  { first, count }: Rows,
): Uint8Array<ArrayBuffer> {
  const wide = Math.ceil(rows / 8);
  const high = columns / 8;
  const out = new Uint32Array(count * high);
  const groups = count / 8;
  for (let tile = 0; tile < groups; tile += TILE) {
    const tileEnd = Math.min(groups, tile + TILE);
    for (let word = 0; word < high; word += 1) {
      for (let group = tile; group < tileEnd; group += 1) {
        let from = word * 8 * wide + first / 8 + group;
        let a = words[from] as number;
        let b = words[(from += wide)] as number;
        let c = words[(from += wide)] as number;
        let d = words[(from += wide)] as number;
        let e = words[(from += wide)] as number;
        let f = words[(from += wide)] as number;
        let g = words[(from += wide)] as number;
        let h = words[from + wide] as number;
        let moved = ((a >>> 16) ^ e) & 0xffff;
        e ^= moved;
        a ^= moved << 16;
        moved = ((b >>> 16) ^ f) & 0xffff;
        f ^= moved;
        b ^= moved << 16;
        moved = ((c >>> 16) ^ g) & 0xffff;
        g ^= moved;
        c ^= moved << 16;
        moved = ((d >>> 16) ^ h) & 0xffff;
        h ^= moved;
        d ^= moved << 16;
        moved = ((a >>> 8) ^ c) & 0xff00ff;
        c ^= moved;
        a ^= moved << 8;
        moved = ((b >>> 8) ^ d) & 0xff00ff;
        d ^= moved;
        b ^= moved << 8;
        moved = ((e >>> 8) ^ g) & 0xff00ff;
        g ^= moved;
        e ^= moved << 8;
        moved = ((f >>> 8) ^ h) & 0xff00ff;
        h ^= moved;
        f ^= moved << 8;
        moved = ((a >>> 4) ^ b) & 0xf0f0f0f;
        b ^= moved;
        a ^= moved << 4;
        moved = ((c >>> 4) ^ d) & 0xf0f0f0f;
        d ^= moved;
        c ^= moved << 4;
        moved = ((e >>> 4) ^ f) & 0xf0f0f0f;
        f ^= moved;
        e ^= moved << 4;
        moved = ((g >>> 4) ^ h) & 0xf0f0f0f;
        h ^= moved;
        g ^= moved << 4;
        // Nibbles of an interleaved word are of rows 0, 2, 4, 6, 1, 3, 5, 7, the lowest first.
        let to = group * 8 * high + word;
        out[to] = a;
        out[(to += high)] = e;
        out[(to += high)] = b;
        out[(to += high)] = f;
        out[(to += high)] = c;
        out[(to += high)] = g;
        out[(to += high)] = d;
        out[to + high] = h;
      }
    }
  }
  return new Uint8Array(out.buffer);
}
