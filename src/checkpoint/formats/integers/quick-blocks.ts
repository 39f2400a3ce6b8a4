/**
 * Codes whose words can be moved into the blocks of `MatMulNBits` whole: their bits stand in the order that the blocks have, or a
 * transposition of words or nibbles away from it. As fast as memory, nearly.
 */
import type { Rows } from '../codec.ts';
import { storedShape, type CodeLayout, type MatrixSize } from './code-layout.ts';
import { haveKernels } from './kernels.ts';
import { BLOCK } from './matmul-blocks.ts';
import { turnedWords } from './turned-words.ts';

/**
 * @param bytes what `codeBytes` says; of all rows they may be written over
 * @returns codes as `PackedRows.packed` has them, unchanged; null where they have to be taken apart
 */
export function quickBlocks(
  layout: CodeLayout,
  bytes: Uint8Array<ArrayBuffer>,
  size: MatrixSize,
  rows: Rows,
): Uint8Array<ArrayBuffer> | null {
  const { bits, along, order, packing, added } = layout;
  if ((bits !== 4 && bits !== 8) || added !== undefined || size.columns % BLOCK !== 0) return null;
  if (packing === 'bytes') return order === 'rows' ? unsigned(bytes) : null;
  // Words that lie row after row are the blocks already.
  if (along === 'columns' && order === 'rows') return packing === 'interleaved' ? null : bytes;
  const eights = packing === 'interleaved';
  if (!haveKernels() || order === 'rows' || eights !== (along === 'rows')) return null;
  if (eights && (rows.first % 8 !== 0 || rows.count % 8 !== 0)) return null;
  const [lines, wide] = storedShape(layout, size);
  const stored = { words: wordsOf(bytes), lines, wide, rowsAWord: eights ? 8 : 1 } as const;
  const { buffer, byteOffset, byteLength } = turnedWords(stored, rows, rows.count === size.rows);
  return new Uint8Array(buffer, byteOffset, byteLength);
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
