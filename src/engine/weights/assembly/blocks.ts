/** Float32 into blocks of 32 of `MatMulNBits`, four blocks at a time: a lane is a block, so that each sum keeps its order. */
/** Just below the largest float32 / 127, as in `quantize.ts`. */
const LARGEST_SCALE_8: f64 = 2.6793e36;
/** A whole number that is added to it stands in the low 32 bits, as two's complement: 1.5 · 2⁵². */
const WHOLE: f64 = 6755399441055744;
const BLOCK_BYTES: usize = 128;

/**
 * Blocks of 4 bits.
 *
 * @param values `[blocks, 32]`
 * @param blocks a multiple of four
 * @param packed 16 bytes a block
 * @param scales a float32 a block
 * @param sums squared error, squared norm and largest error, to which theirs are added: float64
 * @param scratch of 640 bytes
 * @returns false where a value is not finite; what was written is then good for nothing
 */
export function quantize4(
  values: usize,
  blocks: i32,
  packed: usize,
  scales: usize,
  sums: usize,
  scratch: usize,
): bool {
  const end = values + <usize>blocks * BLOCK_BYTES;
  const words = scratch + 512;
  let largest = f32x4.splat(0);
  while (values < end) {
    turnBlocks(values, scratch);
    const scale = f32x4.add(f32x4.mul(extremes(scratch), f32x4.splat(-0.125)), f32x4.splat(0));
    const inverseLow = inverseOf(lower(scale));
    const inverseHigh = inverseOf(upper(scale));
    let errorLow = f64x2.splat(0);
    let errorHigh = f64x2.splat(0);
    let normLow = f64x2.splat(0);
    let normHigh = f64x2.splat(0);
    let at = scratch;
    for (let to = words; to < words + 64; to += 16) {
      let word = i32x4.splat(0);
      for (const stop = at + 128; at < stop; at += 32) {
        const first = v128.load(at);
        const firstLow = lower(first);
        const firstHigh = upper(first);
        const second = v128.load(at, 16);
        const secondLow = lower(second);
        const secondHigh = upper(second);
        normLow = f64x2.add(f64x2.add(normLow, square(firstLow)), square(secondLow));
        normHigh = f64x2.add(f64x2.add(normHigh, square(firstHigh)), square(secondHigh));
        const low = codes(firstLow, firstHigh, inverseLow, inverseHigh, 8, 15);
        const high = codes(secondLow, secondHigh, inverseLow, inverseHigh, 8, 15);
        const pair = v128.or(low, i32x4.shl(high, 4));
        word = v128.or(i32x4.shr_u(word, 8), i32x4.shl(pair, 24));
        const offFirst = off(low, 8, scale, first);
        const offSecond = off(high, 8, scale, second);
        largest = f32x4.pmax(largest, f32x4.pmax(offFirst, offSecond));
        errorLow = f64x2.add(errorLow, f64x2.add(square(lower(offFirst)), square(lower(offSecond))));
        errorHigh = f64x2.add(errorHigh, f64x2.add(square(upper(offFirst)), square(upper(offSecond))));
      }
      v128.store(to, word);
    }
    if (!areFinite(normLow, normHigh)) return false;
    v128.store(scales, scale);
    turnWords(words, packed, 16);
    addInTurn(sums, errorLow, errorHigh);
    addInTurn(sums + 8, normLow, normHigh);
    values += 4 * BLOCK_BYTES;
    packed += 64;
    scales += 16;
  }
  keepLargest(sums, largest);
  return true;
}

/** The same in 8 bits. @param packed 32 bytes a block */
export function quantize8(
  values: usize,
  blocks: i32,
  packed: usize,
  scales: usize,
  sums: usize,
  scratch: usize,
): bool {
  const end = values + <usize>blocks * BLOCK_BYTES;
  const words = scratch + 512;
  let largest = f32x4.splat(0);
  while (values < end) {
    turnBlocks(values, scratch);
    const extreme = f32x4.abs(extremes(scratch));
    const scale = v128.shuffle<u64>(scale8(lower(extreme)), scale8(upper(extreme)), 0, 2);
    const inverseLow = inverseOf(lower(scale));
    const inverseHigh = inverseOf(upper(scale));
    let errorLow = f64x2.splat(0);
    let errorHigh = f64x2.splat(0);
    let normLow = f64x2.splat(0);
    let normHigh = f64x2.splat(0);
    let at = scratch;
    for (let to = words; to < words + 128; to += 16) {
      const a = v128.load(at, 0);
      const lowA = lower(a);
      const highA = upper(a);
      const b = v128.load(at, 16);
      const lowB = lower(b);
      const highB = upper(b);
      const c = v128.load(at, 32);
      const lowC = lower(c);
      const highC = upper(c);
      const d = v128.load(at, 48);
      const lowD = lower(d);
      const highD = upper(d);
      normLow = addFour(normLow, square(lowA), square(lowB), square(lowC), square(lowD));
      normHigh = addFour(normHigh, square(highA), square(highB), square(highC), square(highD));
      const codeA = codes(lowA, highA, inverseLow, inverseHigh, 128, 255);
      const codeB = codes(lowB, highB, inverseLow, inverseHigh, 128, 255);
      const codeC = codes(lowC, highC, inverseLow, inverseHigh, 128, 255);
      const codeD = codes(lowD, highD, inverseLow, inverseHigh, 128, 255);
      v128.store(
        to,
        v128.or(v128.or(codeA, i32x4.shl(codeB, 8)), v128.or(i32x4.shl(codeC, 16), i32x4.shl(codeD, 24))),
      );
      const offA = off(codeA, 128, scale, a);
      const offB = off(codeB, 128, scale, b);
      const offC = off(codeC, 128, scale, c);
      const offD = off(codeD, 128, scale, d);
      largest = f32x4.pmax(largest, f32x4.pmax(f32x4.pmax(offA, offB), f32x4.pmax(offC, offD)));
      errorLow = addFour(
        errorLow,
        square(lower(offA)),
        square(lower(offB)),
        square(lower(offC)),
        square(lower(offD)),
      );
      errorHigh = addFour(
        errorHigh,
        square(upper(offA)),
        square(upper(offB)),
        square(upper(offC)),
        square(upper(offD)),
      );
      at += 64;
    }
    if (!areFinite(normLow, normHigh)) return false;
    v128.store(scales, scale);
    turnWords(words, packed, 32);
    turnWords(words + 64, packed + 16, 32);
    addInTurn(sums, errorLow, errorHigh);
    addInTurn(sums + 8, normLow, normHigh);
    values += 4 * BLOCK_BYTES;
    packed += 128;
    scales += 16;
  }
  keepLargest(sums, largest);
  return true;
}

/** Four blocks as 32 vectors, of which lane i is of block i. */
function turnBlocks(values: usize, to: usize): void {
  for (const end = to + 512; to < end; to += 64) {
    const a = v128.load(values);
    const b = v128.load(values, 128);
    const c = v128.load(values, 256);
    const d = v128.load(values, 384);
    const abLow = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<u64>(abLow, cdLow, 0, 2));
    v128.store(to, v128.shuffle<u64>(abLow, cdLow, 1, 3), 16);
    v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 0, 2), 32);
    v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 1, 3), 48);
    values += 16;
  }
}

/** Four vectors of words, of which lane i is of block i, as 16 bytes of each block, `stride` apart. */
function turnWords(words: usize, to: usize, stride: usize): void {
  const a = v128.load(words);
  const b = v128.load(words, 16);
  const c = v128.load(words, 32);
  const d = v128.load(words, 48);
  const abLow = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(abLow, cdLow, 0, 2));
  v128.store(to + stride, v128.shuffle<u64>(abLow, cdLow, 1, 3));
  v128.store(to + 2 * stride, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * stride, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
}

/** Of each block the weight of largest magnitude, the first of them; +0 of zeros. */
function extremes(turned: usize): v128 {
  let most = f32x4.splat(0);
  let least = f32x4.splat(0);
  for (let at = turned; at < turned + 512; at += 16) {
    const weights = v128.load(at);
    most = f32x4.pmax(most, weights);
    least = f32x4.pmin(least, weights);
  }
  const opposite = f32x4.neg(least);
  let extreme = v128.bitselect(least, most, f32x4.gt(opposite, most));
  const both = v128.and(f32x4.eq(opposite, most), f32x4.gt(most, f32x4.splat(0)));
  if (v128.any_true(both)) {
    for (let at = turned + 512; at > turned; at -= 16) {
      const weights = v128.load(at - 16);
      extreme = v128.bitselect(weights, extreme, v128.and(both, f32x4.eq(f32x4.abs(weights), most)));
    }
  }
  return extreme;
}

/** Divided in double precision and rounded to float32, in the lower half. */
function scale8(magnitudes: v128): v128 {
  return f32x4.demote_f64x2_zero(
    f64x2.pmin(f64x2.splat(LARGEST_SCALE_8), f64x2.div(magnitudes, f64x2.splat(127))),
  );
}

function inverseOf(scale: v128): v128 {
  return v128.andnot(f64x2.div(f64x2.splat(1), scale), f64x2.eq(scale, f64x2.splat(0)));
}

/** ⌊weight / scale + zero + ½⌋ of four weights, at most `top`. */
function codes(low: v128, high: v128, inverseLow: v128, inverseHigh: v128, zero: i32, top: i32): v128 {
  const all = v128.shuffle<u32>(whole(low, inverseLow, zero), whole(high, inverseHigh, zero), 0, 2, 4, 6);
  return i32x4.min_s(i32x4.max_s(all, i32x4.splat(0)), i32x4.splat(top));
}

function whole(weights: v128, inverse: v128, zero: i32): v128 {
  const code = f64x2.add(f64x2.add(f64x2.mul(weights, inverse), f64x2.splat(<f64>zero)), f64x2.splat(0.5));
  return f64x2.add(f64x2.trunc(code), f64x2.splat(WHOLE));
}

/**
 * |(code − zero) · scale − weight|. In float32, and exact: the product is rounded as `MatMulNBits` rounds it, and lies between half and
 * twice the weight where it is not 0.
 */
function off(code: v128, zero: i32, scale: v128, weight: v128): v128 {
  const steps = f32x4.convert_i32x4_s(i32x4.sub(code, i32x4.splat(zero)));
  return f32x4.abs(f32x4.sub(f32x4.mul(steps, scale), weight));
}

export function lower(values: v128): v128 {
  return f64x2.promote_low_f32x4(values);
}

export function upper(values: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u32>(values, values, 2, 3, 0, 1));
}

function addFour(sum: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(f64x2.add(f64x2.add(f64x2.add(sum, a), b), c), d);
}

export function square(values: v128): v128 {
  return f64x2.mul(values, values);
}

/** The sum of squares of finite float32 values is finite. */
function areFinite(low: v128, high: v128): bool {
  const zero = f64x2.splat(0);
  return v128.all_true<i64>(
    v128.and(f64x2.eq(f64x2.sub(low, low), zero), f64x2.eq(f64x2.sub(high, high), zero)),
  );
}

/** Adds four sums, one after the other. */
export function addInTurn(sum: usize, low: v128, high: v128): void {
  const two = load<f64>(sum) + f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  store<f64>(sum, two + f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
}

export function keepLargest(sums: usize, largest: v128): void {
  const low = max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1));
  const high = max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3));
  store<f64>(sums, max(load<f64>(sums, 16), <f64>max(low, high)), 16);
}
