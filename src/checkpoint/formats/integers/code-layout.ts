/** Matrices of small integers, several in a word of 32 bits, as GPTQ, AWQ and compressed-tensors lay them out. */
import type { Rows } from '../codec.ts';

/** Where the codes of a matrix `[rows, columns]` lie. */
export interface CodeLayout {
  /** 1 to 8. */
  readonly bits: number;
  /** Neighbours in a word are neighbours along the columns (of one row), or along the rows (of one column). */
  readonly along: 'columns' | 'rows';
  /** Words are stored row after row, or column after column of the matrix. */
  readonly order: 'rows' | 'columns';
  /**
   * - `dense`: one stream of bits, the lowest first, cut into words: a code may begin in one and end in the next;
   * - `padded`: as many whole codes as fit, from the lowest bits; the top bits of a word may be idle;
   * - `interleaved`: eight codes of 4 bits, from the lowest: those of places 0, 2, 4, 6, 1, 3, 5, 7;
   * - `bytes`: no words: a signed byte for each, here counted from −2^(bits − 1).
   */
  readonly packing: 'dense' | 'padded' | 'interleaved' | 'bytes';
  /** Added to each word, as to a number of 32 bits, before it is taken apart. */
  readonly added?: number;
}

export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/** Bits below which the code of a place lies, of `interleaved`. */
const INTERLEAVED = Int32Array.of(0, 16, 4, 20, 8, 24, 12, 28);
/** Rows that are unpacked together where the layout runs the other way: their lines of the result stay in the cache. */
const TILE = 32;

/** Words (of `bytes`, bytes) that `count` neighbours take. */
export function wordsFor(count: number, { bits, packing }: Pick<CodeLayout, 'bits' | 'packing'>): number {
  if (packing === 'bytes') return count;
  return packing === 'dense' ? Math.ceil((count * bits) / 32) : Math.ceil(count / Math.floor(32 / bits));
}

/** The shape in which the words are stored. */
export function storedShape(layout: CodeLayout, { rows, columns }: MatrixSize): readonly [number, number] {
  const [tall, wide] =
    layout.along === 'rows' ? [wordsFor(rows, layout), columns] : [rows, wordsFor(columns, layout)];
  return layout.order === 'rows' ? [tall, wide] : [wide, tall];
}

/** Bytes of the stored matrix that some rows need: all, unless each row has bytes of its own. */
export function codeBytes(layout: CodeLayout, size: MatrixSize, { first, count }: Rows): [number, number] {
  const bytes = layout.packing === 'bytes' ? 1 : 4;
  const [tall, wide] = storedShape(layout, size);
  if (!hasOwnRows(layout)) return [0, tall * wide * bytes];
  return [first * wide * bytes, (first + count) * wide * bytes];
}

function hasOwnRows({ along, order }: CodeLayout): boolean {
  return along === 'columns' && order === 'rows';
}

/**
 * The codes of some rows, each in a byte of its own, unsigned.
 *
 * @param bytes what `codeBytes` says
 * @returns `[count, columns]`
 */
export function unpackCodes(
  layout: CodeLayout,
  bytes: Uint8Array<ArrayBuffer>,
  size: MatrixSize,
  rows: Rows,
): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(rows.count * size.columns);
  if (layout.packing === 'bytes') {
    const lowest = 2 ** (layout.bits - 1);
    for (let i = 0; i < codes.length; i += 1) codes[i] = (bytes[i] ?? 0) + lowest;
  } else if (hasOwnRows(layout) && layout.bits === 4 && layout.added === undefined) {
    unpackNibbles(bytes, size.columns, codes);
  } else if (layout.order === 'columns' && 32 % layout.bits === 0) {
    unpackWholeCodes(layout, bytes, size, rows, codes);
  } else {
    unpackWords(layout, bytes, size, rows, codes);
  }
  return codes;
}

/** Words column after column, no code in two of them: each word is read once. */
function unpackWholeCodes(
  layout: CodeLayout,
  bytes: Uint8Array<ArrayBuffer>,
  size: MatrixSize,
  { first, count }: Rows,
  codes: Uint8Array,
): void {
  const { bits, along, packing, added = 0 } = layout;
  const { columns } = size;
  const words = wordsOf(bytes);
  const [tall, wide] = storedShape(layout, size);
  const mask = (1 << bits) - 1;
  const whole = 32 / bits;
  const shifts = Int32Array.from({ length: whole }, (_, place) =>
    packing === 'interleaved' ? (INTERLEAVED[place] ?? 0) : place * bits,
  );
  // Along the columns a stored row holds some columns of every row; along the rows, one column of some rows.
  const perRow = along === 'columns' ? 1 : whole;
  for (let tile = Math.floor(first / TILE) * TILE; tile < first + count; tile += TILE) {
    const from = Math.max(first, tile);
    const end = Math.min(first + count, tile + TILE);
    for (let stored = 0; stored < tall; stored += 1) {
      const column = along === 'columns' ? stored * whole : stored;
      const of = along === 'columns' ? Math.min(whole, columns - column) : 1;
      for (let row = from; row < end;) {
        const place = row % perRow;
        const word = ((words[stored * wide + (row - place) / perRow] ?? 0) + added) | 0;
        const rows = Math.min(perRow - place, end - row);
        let to = (row - first) * columns + column;
        if (along === 'columns') {
          for (let i = 0; i < of; i += 1) codes[to++] = (word >>> (i * bits)) & mask;
        } else {
          for (let i = place; i < place + rows; i += 1) {
            codes[to] = (word >>> (shifts[i] ?? 0)) & mask;
            to += columns;
          }
        }
        row += rows;
      }
    }
  }
}

function wordsOf(bytes: Uint8Array<ArrayBuffer>): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(buffer, byteOffset, Math.floor(length / 4));
}

/** Rows of whole words, two codes a byte. */
function unpackNibbles(bytes: Uint8Array, columns: number, codes: Uint8Array): void {
  const rowBytes = 4 * Math.ceil(columns / 8);
  for (let row = 0; row * columns < codes.length; row += 1) {
    let from = row * rowBytes;
    const end = (row + 1) * columns;
    // Past an odd end there is the next row's first code, which is written after it; past the last row, nothing.
    for (let to = row * columns; to < end; to += 2) {
      const byte = bytes[from++] ?? 0;
      codes[to] = byte & 15;
      codes[to + 1] = byte >> 4;
    }
  }
}

/** Of each place along a side: its word, and the bits below it. */
function placesOf(count: number, { bits, packing }: CodeLayout): { words: Int32Array; shifts: Int32Array } {
  const words = new Int32Array(count);
  const shifts = new Int32Array(count);
  const whole = Math.floor(32 / bits);
  for (let place = 0; place < count; place += 1) {
    words[place] = packing === 'dense' ? Math.floor((place * bits) / 32) : Math.floor(place / whole);
    if (packing === 'interleaved') shifts[place] = INTERLEAVED[place % 8] ?? 0;
    else shifts[place] = packing === 'dense' ? (place * bits) % 32 : (place % whole) * bits;
  }
  return { words, shifts };
}

function unpackWords(
  layout: CodeLayout,
  bytes: Uint8Array<ArrayBuffer>,
  size: MatrixSize,
  { first, count }: Rows,
  codes: Uint8Array,
): void {
  const { bits, along, order, added = 0 } = layout;
  const { columns } = size;
  const words = wordsOf(bytes);
  const [, wide] = storedShape(layout, size);
  // A word lies at (its row's part) + (its column's part); one of the two sides says which bits of it.
  const places = placesOf(along === 'rows' ? size.rows : columns, layout);
  const nextWord = (along === 'columns') === (order === 'rows') ? 1 : wide;
  const rowStep = along === 'columns' && order === 'rows' ? wide : 1;
  const columnStep = along === 'rows' && order === 'columns' ? wide : 1;
  const start = hasOwnRows(layout) ? 0 : first;
  const rowPart = new Int32Array(count);
  const rowShift = new Int32Array(count);
  for (let row = 0; row < count; row += 1) {
    rowPart[row] = along === 'rows' ? (places.words[start + row] ?? 0) * nextWord : (start + row) * rowStep;
    if (along === 'rows') rowShift[row] = places.shifts[start + row] ?? 0;
  }
  const mask = (1 << bits) - 1;
  const fits = 32 - bits;
  for (let tile = 0; tile < count; tile += TILE) {
    const tileEnd = Math.min(count, tile + TILE);
    for (let column = 0; column < columns; column += 1) {
      const columnPart = along === 'columns' ? (places.words[column] ?? 0) * nextWord : column * columnStep;
      const columnShift = along === 'columns' ? (places.shifts[column] ?? 0) : 0;
      let to = tile * columns + column;
      for (let row = tile; row < tileEnd; row += 1) {
        const at = (rowPart[row] ?? 0) + columnPart;
        const shift = (rowShift[row] ?? 0) + columnShift;
        let code = (((words[at] ?? 0) + added) | 0) >>> shift;
        if (shift > fits) code |= (((words[at + nextWord] ?? 0) + added) | 0) << (32 - shift);
        codes[to] = code & mask;
        to += columns;
      }
    }
  }
}
