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

/** Four words of each of `high` lines, as four rows. */
function fourRows(
  from: usize,
  stride: usize,
  high: i32,
  first: usize,
  second: usize,
  third: usize,
  fourth: usize,
): void {
  const end = first + ((<usize>high) << 2);
  while (first < end) {
    const a = v128.load(from);
    const b = v128.load(from + stride);
    const c = v128.load(from + 2 * stride);
    const d = v128.load(from + 3 * stride);
    const abLow = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    v128.store(first, v128.shuffle<u64>(abLow, cdLow, 0, 2));
    v128.store(second, v128.shuffle<u64>(abLow, cdLow, 1, 3));
    v128.store(third, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
    v128.store(fourth, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
    from += 4 * stride;
    first += 16;
    second += 16;
    third += 16;
    fourth += 16;
  }
}

/** Words of a line that are turned at once, and bytes of a copied line: an odd number of cache lines, so that neighbours find room. */
const PANEL = 128;
const PANEL_BYTES: usize = 4 * PANEL + 64;

/**
 * Lines of words, each with the codes of eight rows, as rows of words, each with the codes of eight lines.
 *
 * @param eights of lines, a multiple of four
 * @param wide words of a line, a multiple of four
 * @param added to each word
 * @param rows in nibble i of it is said which row of eight the nibble i of a word is of
 * @param scratch `SCRATCH_BYTES` (`../kernels.ts`) for each of `eights`: lines far from one another are copied there, a stretch of them at
 * a time, which is quicker than to come back to each for every four words
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
  const lines = scratch + ((<usize>eights) << 7);
  for (let x = 0; x < wide; x += PANEL) {
    const words = min(PANEL, wide - x);
    copyLines(from + ((<usize>x) << 2), fromStride, eights << 3, (<usize>words) << 2, lines);
    for (let word = 0; word < words; word += 4) {
      turnFour(lines + ((<usize>word) << 2), eights, added, rows, to, toStride, scratch);
      to += toStride << 5;
    }
  }
}

function copyLines(from: usize, stride: usize, lines: i32, bytes: usize, to: usize): void {
  for (let line = 0; line < lines; line += 1) {
    for (let at: usize = 0; at < bytes; at += 64) {
      const first = v128.load(from + at);
      const second = v128.load(from + at, 16);
      const third = v128.load(from + at, 32);
      const fourth = v128.load(from + at, 48);
      v128.store(to + at, first);
      v128.store(to + at, second, 16);
      v128.store(to + at, third, 32);
      v128.store(to + at, fourth, 48);
    }
    from += stride;
    to += PANEL_BYTES;
  }
}

/** Four words of each copied line, as 32 rows. */
function turnFour(
  from: usize,
  eights: i32,
  added: u32,
  rows: u32,
  to: usize,
  toStride: usize,
  scratch: usize,
): void {
  const more = i32x4.splat(added);
  const end = scratch + ((<usize>eights) << 7);
  for (let turned = scratch; turned < end; turned += 128) {
    const a = i32x4.add(v128.load(from), more);
    const b = i32x4.add(v128.load(from + PANEL_BYTES), more);
    const c = i32x4.add(v128.load(from + 2 * PANEL_BYTES), more);
    const d = i32x4.add(v128.load(from + 3 * PANEL_BYTES), more);
    const e = i32x4.add(v128.load(from + 4 * PANEL_BYTES), more);
    const f = i32x4.add(v128.load(from + 5 * PANEL_BYTES), more);
    const g = i32x4.add(v128.load(from + 6 * PANEL_BYTES), more);
    const h = i32x4.add(v128.load(from + 7 * PANEL_BYTES), more);
    // Nibbles that are not in the place where both lines need them, in the low half of each byte.
    const ab = otherNibbles(a, b);
    const cd = otherNibbles(c, d);
    const ef = otherNibbles(e, f);
    const gh = otherNibbles(g, h);
    eightWords(turned, lowNibbles(a, ab), lowNibbles(c, cd), lowNibbles(e, ef), lowNibbles(g, gh));
    eightWords(turned + 16, v128.xor(b, ab), v128.xor(d, cd), v128.xor(f, ef), v128.xor(h, gh));
    from += 8 * PANEL_BYTES;
  }
  for (let word: usize = 0; word < 4; word += 1) {
    const eight = to + (word << 3) * toStride;
    for (let odd: u32 = 0; odd < 2; odd += 1) {
      const row = rows >> (odd << 2);
      fourRows(
        scratch + (word << 5) + ((<usize>odd) << 4),
        128,
        eights,
        eight + toStride * (row & 7),
        eight + toStride * ((row >> 8) & 7),
        eight + toStride * ((row >> 16) & 7),
        eight + toStride * ((row >> 24) & 7),
      );
    }
  }
}

/** Where the high nibble of a byte of `a` differs from the low one of `b`: exclusive or with it puts each in the place of the other. */
function otherNibbles(a: v128, b: v128): v128 {
  return v128.and(v128.xor(i32x4.shr_u(a, 4), b), i8x16.splat(0x0f));
}

/** Bytes of the low nibbles of `a` and those of its neighbour. */
function lowNibbles(a: v128, other: v128): v128 {
  return v128.xor(a, i32x4.shl(other, 4));
}

/** Byte i of every word of four vectors, side by side: word by word, 32 bytes apart. */
function eightWords(at: usize, p: v128, q: v128, r: v128, s: v128): void {
  const pqLow = v128.shuffle<u8>(p, q, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const pqHigh = v128.shuffle<u8>(p, q, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const rsLow = v128.shuffle<u8>(r, s, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const rsHigh = v128.shuffle<u8>(r, s, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  v128.store(at, v128.shuffle<u16>(pqLow, rsLow, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(at + 32, v128.shuffle<u16>(pqLow, rsLow, 4, 12, 5, 13, 6, 14, 7, 15));
  v128.store(at + 64, v128.shuffle<u16>(pqHigh, rsHigh, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(at + 96, v128.shuffle<u16>(pqHigh, rsHigh, 4, 12, 5, 13, 6, 14, 7, 15));
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
