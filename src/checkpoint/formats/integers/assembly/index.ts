/** Codes, scales and zeros on their way into blocks. Nothing allocates: the caller lays memory out. Strides are bytes. */
export { decodeBfloat16, decodeHalf } from '../../../assembly/decode';

/** Words `[high, wide]` as `[wide, high]`, four by four: both are multiples of four. */
export function transposeWords(
  from: usize,
  fromStride: usize,
  high: i32,
  wide: i32,
  to: usize,
  toStride: usize,
): void {
  for (let x = 0; x < wide; x += 4) {
    let source = from + ((<usize>x) << 2);
    let target = to + <usize>x * toStride;
    for (let y = 0; y < high; y += 4) {
      const a = v128.load(source);
      const b = v128.load(source + fromStride);
      const c = v128.load(source + 2 * fromStride);
      const d = v128.load(source + 3 * fromStride);
      const abLow = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
      const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
      const cdLow = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
      const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<u64>(abLow, cdLow, 0, 2));
      v128.store(target + toStride, v128.shuffle<u64>(abLow, cdLow, 1, 3));
      v128.store(target + 2 * toStride, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
      v128.store(target + 3 * toStride, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
      source += 4 * fromStride;
      target += 16;
    }
  }
}

/**
 * Eight lines of words at a time, in place: word i of line j has eight codes of column j; afterwards it has eight of row j, one of
 * each column. Halves change places, then bytes, then nibbles, as a matrix of bits is transposed. Codes of an interleaved word are of
 * rows 0, 2, 4, 6, 1, 3, 5, 7, the lowest first.
 *
 * @param wide words of a line, a multiple of four
 */
export function turnNibbles(lines: usize, stride: usize, eights: i32, wide: i32): void {
  for (let eight = 0; eight < eights; eight += 1) {
    let at = lines + <usize>eight * 8 * stride;
    for (let x = 0; x < wide; x += 4) {
      const a = v128.load(at);
      const b = v128.load(at + stride);
      const c = v128.load(at + 2 * stride);
      const d = v128.load(at + 3 * stride);
      const e = v128.load(at + 4 * stride);
      const f = v128.load(at + 5 * stride);
      const g = v128.load(at + 6 * stride);
      const h = v128.load(at + 7 * stride);
      fourRows(at, stride, lowHalves(a, e), lowHalves(b, f), lowHalves(c, g), lowHalves(d, h));
      fourRows(at + stride, stride, highHalves(a, e), highHalves(b, f), highHalves(c, g), highHalves(d, h));
      at += 16;
    }
  }
}

/** Every second row from `at`: of 16 bits that four pairs of columns have in common. */
function fourRows(at: usize, stride: usize, ae: v128, bf: v128, cg: v128, dh: v128): void {
  const evenA = evenBytes(ae, cg);
  const evenB = evenBytes(bf, dh);
  const oddA = oddBytes(ae, cg);
  const oddB = oddBytes(bf, dh);
  const low = i8x16.splat(0x0f);
  v128.store(at, v128.bitselect(evenA, i32x4.shl(evenB, 4), low));
  v128.store(at + 2 * stride, v128.bitselect(i32x4.shr_u(evenA, 4), evenB, low));
  v128.store(at + 4 * stride, v128.bitselect(oddA, i32x4.shl(oddB, 4), low));
  v128.store(at + 6 * stride, v128.bitselect(i32x4.shr_u(oddA, 4), oddB, low));
}

function lowHalves(a: v128, e: v128): v128 {
  return v128.shuffle<u16>(a, e, 0, 8, 2, 10, 4, 12, 6, 14);
}

function highHalves(a: v128, e: v128): v128 {
  return v128.shuffle<u16>(a, e, 1, 9, 3, 11, 5, 13, 7, 15);
}

function evenBytes(a: v128, c: v128): v128 {
  return v128.shuffle<u8>(a, c, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
}

function oddBytes(a: v128, c: v128): v128 {
  return v128.shuffle<u8>(a, c, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}

/**
 * Rows of words, each word `times` and the last of a row until it has `blocks`. Whole vectors are written, of which the next ones write
 * over what is too much: there is room for three words behind the last row.
 */
export function repeatWords(
  from: usize,
  fromStride: usize,
  rows: i32,
  words: i32,
  times: i32,
  blocks: i32,
  to: usize,
): void {
  for (let row = 0; row < rows; row += 1) {
    const end = to + ((<usize>blocks) << 2);
    for (let at = 0; at < words; at += 1) {
      const word = v128.load32_splat(from + ((<usize>at) << 2));
      const stop = at + 1 == words ? end : to + ((<usize>times) << 2);
      for (let place = to; place < stop; place += 16) v128.store(place, word);
      to = stop;
    }
    from += fromStride;
  }
}

/**
 * The same of nibbles, and lines of words: line i has word i of each row, those of eight rows in a word. Two go into a byte, and no byte
 * is shared by rows.
 *
 * @param added to each word
 * @param places in nibble r of it is said which nibble of a word belongs to row r
 */
export function repeatNibbles(
  from: usize,
  fromStride: usize,
  rows: i32,
  words: i32,
  added: u32,
  places: u32,
  times: i32,
  blocks: i32,
  to: usize,
): void {
  for (let row = 0; row < rows; row += 1) {
    const shift = ((places >> ((row & 7) << 2)) & 7) << 2;
    let source = from + ((<usize>(row >> 3)) << 2);
    let block = 0;
    let pair: u32 = 0;
    for (let at = 0; at < words; at += 1) {
      const nibble = ((load<u32>(source) + added) >> shift) & 15;
      const end = at + 1 == words ? blocks : block + times;
      for (; block < end; block += 1) {
        if ((block & 1) == 0) pair = nibble;
        else store<u8>(to++, pair | (nibble << 4));
      }
      source += fromStride;
    }
    if ((blocks & 1) == 1) store<u8>(to++, pair);
  }
}
