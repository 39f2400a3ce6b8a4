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
 * Lines of words, each with the codes of eight rows, as rows of words, each with the codes of eight lines. Halves change places, then
 * bytes, then nibbles, as a matrix of bits is transposed; then whole words.
 *
 * @param eights of lines, a multiple of four
 * @param wide words of a line, a multiple of four
 * @param added to each word
 * @param rows in nibble i of it is said which row of eight the i-th of these is: nibbles 0, 4, 1, 5, 2, 6, 3 and 7 of a word
 * @param scratch of 128 bytes for each of `eights`: a stretch of four words goes through it, and stays in the cache
 */
export function turnNibbles(
  from: usize,
  fromStride: usize,
  eights: i32,
  wide: i32,
  added: u32,
  rows: u32,
  to: usize,
  toStride: usize,
  scratch: usize,
): void {
  const more = i32x4.splat(added);
  for (let x = 0; x < wide; x += 4) {
    let at = from + ((<usize>x) << 2);
    let turned = scratch;
    for (let eight = 0; eight < eights; eight += 1) {
      const a = i32x4.add(v128.load(at), more);
      const b = i32x4.add(v128.load(at + fromStride), more);
      const c = i32x4.add(v128.load(at + 2 * fromStride), more);
      const d = i32x4.add(v128.load(at + 3 * fromStride), more);
      const e = i32x4.add(v128.load(at + 4 * fromStride), more);
      const f = i32x4.add(v128.load(at + 5 * fromStride), more);
      const g = i32x4.add(v128.load(at + 6 * fromStride), more);
      const h = i32x4.add(v128.load(at + 7 * fromStride), more);
      fourRows(turned, lowHalves(a, e), lowHalves(b, f), lowHalves(c, g), lowHalves(d, h));
      fourRows(turned + 16, highHalves(a, e), highHalves(b, f), highHalves(c, g), highHalves(d, h));
      at += 8 * fromStride;
      turned += 128;
    }
    for (let i: usize = 0; i < 8; i += 1) {
      const row = ((<usize>x) << 3) + ((rows >> ((<u32>i) << 2)) & 7);
      transposeWords(scratch + (i << 4), 128, eights, 4, to + row * toStride, toStride << 3);
    }
  }
}

/** Every second of eight vectors from `at`: of 16 bits that four pairs of columns have in common. */
function fourRows(at: usize, ae: v128, bf: v128, cg: v128, dh: v128): void {
  const evenA = evenBytes(ae, cg);
  const evenB = evenBytes(bf, dh);
  const oddA = oddBytes(ae, cg);
  const oddB = oddBytes(bf, dh);
  const low = i8x16.splat(0x0f);
  v128.store(at, v128.bitselect(evenA, i32x4.shl(evenB, 4), low));
  v128.store(at + 32, v128.bitselect(i32x4.shr_u(evenA, 4), evenB, low));
  v128.store(at + 64, v128.bitselect(oddA, i32x4.shl(oddB, 4), low));
  v128.store(at + 96, v128.bitselect(i32x4.shr_u(oddA, 4), oddB, low));
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
    for (let at: usize = 0; times == 1 && to + at < end; at += 16) v128.store(to + at, v128.load(from + at));
    for (let at = 0; times != 1 && at < words; at += 1) {
      const word = v128.load32_splat(from + ((<usize>at) << 2));
      const stop = at + 1 == words ? end : to + ((<usize>times) << 2);
      for (let place = to; place < stop; place += 16) v128.store(place, word);
      to = stop;
    }
    to = end;
    from += fromStride;
  }
}

/**
 * The same of nibbles, two in a byte, of which no rows share one. Whole vectors are written here too, at most 15 bytes too much.
 *
 * @param nibbles of a row
 */
export function repeatNibbles(
  from: usize,
  fromStride: usize,
  rows: i32,
  nibbles: i32,
  times: i32,
  blocks: i32,
  to: usize,
): void {
  const bytes = <usize>((blocks + 1) >> 1);
  for (let row = 0; row < rows; row += 1) {
    if (times == 1) {
      for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
      if ((blocks & 1) == 1) store<u8>(to + bytes - 1, load<u8>(to + bytes - 1) & 15);
    } else {
      let place = to;
      let block = 0;
      let pair: u32 = 0;
      for (let at = 0; at < nibbles; at += 1) {
        const nibble = ((<u32>load<u8>(from + <usize>(at >> 1))) >> ((at & 1) << 2)) & 15;
        const end = at + 1 == nibbles ? blocks : block + times;
        for (; block < end; block += 1) {
          if ((block & 1) == 0) pair = nibble;
          else store<u8>(place++, pair | (nibble << 4));
        }
      }
      if ((blocks & 1) == 1) store<u8>(place, pair);
    }
    from += fromStride;
    to += bytes;
  }
}
