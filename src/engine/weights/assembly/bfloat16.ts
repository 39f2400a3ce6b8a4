/**
 * Blocks of 32 bfloat16 into 4 bits in 16-bit integers, eight values at a time, equal to `quantize4` to the last bit.
 *
 * A bfloat16 has 8 significant bits, and so has the scale, an eighth of the extreme. With 2ᵉ ≤ |scale| < 2ᵉ⁺¹ and the unit g = 2ᵉ⁻¹¹, a
 * weight of 2ᵉ⁻⁴ or more is a whole number W of g, |W| ≤ 8 · 255 · 16 = 32640, and the scale is 16 · S · g, 128 ≤ |S| ≤ 255.
 *
 * - **Codes.** Q = W · round(2²¹ / S) / 2¹⁵, rounded, is off 1024 · weight / scale by at most 0.97: 0.47 of the inverse and 0.5 of rounding.
 *   A quotient that is not halfway between two codes is 2 / 1024 or more away from it: 2W and (2k + 1) · 16 · S are multiples of 16 and
 *   differ, or of 8, just below half a scale that is a power of two. Q then lies on the quotient's side. Halfway, Q is the middle
 *   itself, and the code the upper one, as the arithmetic of `quantize.ts` gives for each of the 1072 such quotients (tests take them all).
 * - **Errors.** code · scale has at most 12 bits: the error of a weight is a whole number of g.
 * - **Smaller weights** have the code of 0, and are their own error: they are put aside, and their squares added.
 * - **Sums.** Squares are multiples of the square of the smallest weight's last bit. Of weights of 2ᵉ⁻¹³ or more that bit is 2ᵉ⁻²⁰ or more, and the
 *   sum of 32 squares is below 2²ᵉ⁺¹³, 2⁵³ such multiples: float64 rounds none of these sums, and their order is free.
 *
 * Blocks with smaller weights than those, and of scales near the subnormals, go by `quantize4`, four together.
 */
import { decodeBfloat16 } from '../../../checkpoint/assembly/decode';
import { addInTurn, keepLargest, lower, quantize4, square, upper } from './blocks';

const VALUES_BYTES: usize = 64;
/** Exponent fields of scales from which on all that is computed is normal. */
const LEAST_EXPONENT: i32 = 27;
/** A whole number that is added to it stands in the low bits, as two's complement: 1.5 · 2²³, and for one up to 2⁵² the bits of 2⁵². */
const WHOLE: f32 = 12582912;
const WHOLE_64: i64 = 0x4330000000000000;

/** Of what is known of four blocks, one after the other. */
const UNITS: usize = 0;
const INVERSES: usize = 16;
const STEPS: usize = 32;
const LEAST: usize = 48;
const FOUND: usize = 64;
/** Sums of squares of what was put aside, and the largest of it. */
const ASIDE: usize = 80;
const ASIDE_LARGEST: usize = 112;
/** Of a block: its errors' squares, its largest errors, its squares. */
const ERRORS: usize = 128;
const LARGEST: usize = 192;
const NORMS: usize = 256;
const OTHER_WAY: usize = 320;

/**
 * Blocks of 4 bits, as `quantize4` makes them.
 *
 * @param stored `[blocks, 32]` bfloat16, of which small ones are written over
 * @param blocks a multiple of four
 * @param scratch of 1472 bytes
 */
export function quantize4Bfloat16(
  stored: usize,
  blocks: i32,
  packed: usize,
  scales: usize,
  sums: usize,
  scratch: usize,
): bool {
  const end = stored + <usize>blocks * VALUES_BYTES;
  let largest = f32x4.splat(0);
  while (stored < end) {
    if (!survey(stored, scales, scratch)) {
      const values = scratch + OTHER_WAY;
      decodeBfloat16(stored, values, 128);
      if (!quantize4(values, 4, packed, scales, sums, values + 512)) return false;
    } else {
      for (let block: usize = 0; block < 4; block += 1)
        pack(
          stored + block * VALUES_BYTES,
          packed + block * 16,
          scratch + block * 4,
          scratch + block * 8,
          scratch + block * 16,
        );
      largest = f32x4.pmax(largest, addUp(sums, scratch));
    }
    stored += 4 * VALUES_BYTES;
    packed += 64;
    scales += 16;
  }
  keepLargest(sums, largest);
  return true;
}

/** Scales of four blocks, and what `pack` needs. @returns false where they go the other way */
function survey(stored: usize, scales: usize, scratch: usize): bool {
  for (let block: usize = 0; block < 4; block += 1) {
    const at = stored + block * VALUES_BYTES;
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const to = scratch + ERRORS + block * 16;
    v128.store(to, i16x8.max_s(i16x8.max_s(a, b), i16x8.max_s(c, d)));
    v128.store(to, i16x8.max_u(i16x8.max_u(a, b), i16x8.max_u(c, d)), 64);
    v128.store(
      to,
      i16x8.min_u(i16x8.min_u(belowOf(a), belowOf(b)), i16x8.min_u(belowOf(c), belowOf(d))),
      128,
    );
  }
  const most = mostOf(scratch + ERRORS);
  const least = mostUnsigned(scratch + LARGEST);
  const smallest = leastUnsigned(scratch + NORMS);
  const zero = i32x4.splat(0);
  const one = i32x4.splat(1);
  const positive = i32x4.max_s(most, zero);
  const negative = i32x4.max_s(i32x4.sub(least, i32x4.splat(0x8000)), zero);
  const magnitude = i32x4.max_s(positive, negative);
  let sign = i32x4.gt_s(negative, positive);
  const both = v128.and(i32x4.eq(negative, positive), i32x4.gt_s(positive, zero));
  if (v128.any_true(both)) sign = v128.or(sign, v128.and(both, firstIsNegative(stored, magnitude, scratch)));
  const extreme = v128.or(i32x4.shl(magnitude, 16), v128.and(sign, i32x4.splat(0x80000000)));
  const scale = f32x4.add(f32x4.mul(extreme, f32x4.splat(-0.125)), f32x4.splat(0));
  v128.store(scales, scale);
  const isZero = i32x4.eq(scale, zero);
  const field = v128.and(i32x4.shr_u(scale, 23), i32x4.splat(255));
  // A block of zeros is rounded as any other, with a scale of 0 units.
  const exponent = v128.bitselect(i32x4.splat(127), field, isZero);
  const aside = i32x4.shl(i32x4.sub(exponent, i32x4.splat(4)), 7);
  const tooSmall = i32x4.shl(i32x4.sub(exponent, i32x4.splat(13)), 7);
  const other = v128.or(
    v128.or(i32x4.lt_s(exponent, i32x4.splat(LEAST_EXPONENT)), i32x4.ge_s(magnitude, i32x4.splat(0x7f80))),
    i32x4.lt_s(i32x4.add(smallest, one), tooSmall),
  );
  if (v128.any_true(other)) return false;
  const significand = v128.andnot(
    v128.or(v128.and(i32x4.shr_u(scale, 16), i32x4.splat(127)), i32x4.splat(128)),
    isZero,
  );
  const signOfScale = i32x4.shr_s(scale, 31);
  const steps = i32x4.sub(v128.xor(significand, signOfScale), signOfScale);
  const quotient = f32x4.div(f32x4.splat(2097152), f32x4.convert_i32x4_s(steps));
  const inverse = i32x4.sub(f32x4.add(quotient, f32x4.splat(WHOLE)), i32x4.splat(0x4b400000));
  v128.store(scratch + UNITS, i32x4.shl(i32x4.sub(i32x4.splat(265), exponent), 23));
  v128.store(scratch + INVERSES, v128.andnot(inverse, isZero));
  v128.store(scratch + STEPS, i32x4.shl(steps, 4));
  v128.store(scratch + LEAST, aside);
  v128.store(scratch + FOUND, smallest);
  v128.store(scratch + ASIDE, zero);
  v128.store(scratch + ASIDE, zero, 16);
  v128.store(scratch + ASIDE_LARGEST, zero);
  return true;
}

/** The magnitude less one, as unsigned bits; of 0 the largest number. */
function belowOf(values: v128): v128 {
  return i16x8.sub(v128.and(values, i16x8.splat(0x7fff)), i16x8.splat(1));
}

/** Of four vectors the largest of eight in each, in four lanes. */
function mostOf(from: usize): v128 {
  const ab = i16x8.max_s(lowers(from), uppers(from));
  const cd = i16x8.max_s(lowers(from + 32), uppers(from + 32));
  const pairs = i16x8.max_s(evens(ab, cd), odds(ab, cd));
  return i32x4.max_s(i32x4.shr_s(pairs, 16), i32x4.shr_s(i32x4.shl(pairs, 16), 16));
}

function mostUnsigned(from: usize): v128 {
  const ab = i16x8.max_u(lowers(from), uppers(from));
  const cd = i16x8.max_u(lowers(from + 32), uppers(from + 32));
  const pairs = i16x8.max_u(evens(ab, cd), odds(ab, cd));
  return i32x4.max_s(i32x4.shr_u(pairs, 16), v128.and(pairs, i32x4.splat(0xffff)));
}

function leastUnsigned(from: usize): v128 {
  const ab = i16x8.min_u(lowers(from), uppers(from));
  const cd = i16x8.min_u(lowers(from + 32), uppers(from + 32));
  const pairs = i16x8.min_u(evens(ab, cd), odds(ab, cd));
  return i32x4.min_s(i32x4.shr_u(pairs, 16), v128.and(pairs, i32x4.splat(0xffff)));
}

/** Of four vectors the sums of four in each. */
function sumsOf(from: usize): v128 {
  const ab = i32x4.add(lowers(from), uppers(from));
  const cd = i32x4.add(lowers(from + 32), uppers(from + 32));
  return i32x4.add(evens(ab, cd), odds(ab, cd));
}

function lowers(from: usize): v128 {
  return v128.shuffle<u64>(v128.load(from), v128.load(from, 16), 0, 2);
}

function uppers(from: usize): v128 {
  return v128.shuffle<u64>(v128.load(from), v128.load(from, 16), 1, 3);
}

function evens(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 2, 4, 6);
}

function odds(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 1, 3, 5, 7);
}

/** Which of four blocks have `magnitude` first with a minus. */
function firstIsNegative(stored: usize, magnitude: v128, scratch: usize): v128 {
  v128.store(scratch, magnitude);
  for (let block: usize = 0; block < 4; block += 1) {
    const lane = scratch + block * 4;
    const most = load<u32>(lane);
    let at = stored + block * VALUES_BYTES;
    while ((load<u16>(at) & 0x7fff) != most) at += 2;
    store<i32>(lane, -(load<u16>(at) >> 15));
  }
  return v128.load(scratch);
}

/**
 * Codes of a block, and the sums of what it holds.
 *
 * @param lane where four bytes of what is known of it are; `aside` eight; `results` sixteen
 */
function pack(stored: usize, packed: usize, lane: usize, aside: usize, results: usize): void {
  const least = load<u32>(lane, LEAST);
  if (load<u32>(lane, FOUND) + 1 < least) putAside(stored, least, lane, aside);
  const unit = v128.load32_splat(lane, UNITS);
  const inverse = v128.load16_splat(lane, INVERSES);
  const steps = v128.load16_splat(lane, STEPS);
  const a = inUnits(v128.load(stored), unit);
  const b = inUnits(v128.load(stored, 16), unit);
  const c = inUnits(v128.load(stored, 32), unit);
  const d = inUnits(v128.load(stored, 48), unit);
  const placeA = placeOf(a, inverse);
  const placeB = placeOf(b, inverse);
  const placeC = placeOf(c, inverse);
  const placeD = placeOf(d, inverse);
  const codeA = codeOf(placeA);
  const codeB = codeOf(placeB);
  const codeC = codeOf(placeC);
  const codeD = codeOf(placeD);
  const offA = errorOf(codeA, steps, a);
  const offB = errorOf(codeB, steps, b);
  const offC = errorOf(codeC, steps, c);
  const offD = errorOf(codeD, steps, d);
  v128.store(
    results,
    i32x4.add(i32x4.add(squares(offA), squares(offB)), i32x4.add(squares(offC), squares(offD))),
    ERRORS,
  );
  const most = i16x8.max_s(
    i16x8.max_s(i16x8.abs(offA), i16x8.abs(offB)),
    i16x8.max_s(i16x8.abs(offC), i16x8.abs(offD)),
  );
  v128.store(results, most, LARGEST);
  // Two sums of two squares are below 2³¹, two of those below 2³².
  const norms = i64x2.add(
    widened(i32x4.add(squares(a), squares(b))),
    widened(i32x4.add(squares(c), squares(d))),
  );
  v128.store(results, norms, NORMS);
  const pairs = i16x8.narrow_i32x4_u(pairsOf(codeA), pairsOf(codeB));
  v128.store(packed, i8x16.narrow_i16x8_u(pairs, i16x8.narrow_i32x4_u(pairsOf(codeC), pairsOf(codeD))));
}

/** Whole numbers of units, in 16 bits. */
function inUnits(stored: v128, unit: v128): v128 {
  const whole = f32x4.splat(WHOLE);
  const even = f32x4.add(f32x4.mul(i32x4.shl(stored, 16), unit), whole);
  const odd = f32x4.add(f32x4.mul(v128.and(stored, i32x4.splat(0xffff0000)), unit), whole);
  return v128.shuffle<u16>(even, i32x4.shl(odd, 16), 0, 9, 2, 11, 4, 13, 6, 15);
}

/** 1024 · (weight / scale + 8 + ½). */
function placeOf(weights: v128, inverse: v128): v128 {
  return i16x8.add(i16x8.q15mulr_sat_s(weights, inverse), i16x8.splat(8704));
}

function codeOf(place: v128): v128 {
  return i16x8.min_u(i16x8.shr_u(place, 10), i16x8.splat(15));
}

function errorOf(code: v128, steps: v128, weights: v128): v128 {
  return i16x8.sub(i16x8.mul(i16x8.sub(code, i16x8.splat(8)), steps), weights);
}

function squares(values: v128): v128 {
  return i32x4.dot_i16x8_s(values, values);
}

/** Unsigned, two and two added. */
function widened(values: v128): v128 {
  return i64x2.add(v128.and(values, i64x2.splat(0xffffffff)), i64x2.shr_u(values, 32));
}

/** Bytes of two codes each, in 32 bits. */
function pairsOf(code: v128): v128 {
  return i32x4.dot_i16x8_s(code, i32x4.splat(0x00100001));
}

/** Makes zeros of weights below `least`, and keeps the sum of their squares and the largest of them. */
function putAside(stored: usize, least: u32, lane: usize, aside: usize): void {
  const limit = i16x8.splat(<i16>least);
  let sum = f64x2.splat(0);
  let largest = i16x8.splat(0);
  for (const end = stored + VALUES_BYTES; stored < end; stored += 16) {
    const weights = v128.load(stored);
    const magnitude = v128.and(weights, i16x8.splat(0x7fff));
    const small = i16x8.lt_s(magnitude, limit);
    const put = v128.and(magnitude, small);
    if (!v128.any_true(put)) continue;
    v128.store(stored, v128.andnot(weights, small));
    largest = i16x8.max_s(largest, put);
    const even = i32x4.shl(put, 16);
    const odd = v128.and(put, i32x4.splat(0xffff0000));
    sum = f64x2.add(sum, f64x2.add(square(lower(even)), square(upper(even))));
    sum = f64x2.add(sum, f64x2.add(square(lower(odd)), square(upper(odd))));
  }
  store<f64>(aside, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1), ASIDE);
  const four = i32x4.max_s(i32x4.shl(largest, 16), v128.and(largest, i32x4.splat(0xffff0000)));
  const two = i32x4.max_s(four, v128.shuffle<u32>(four, four, 2, 3, 0, 1));
  store<i32>(lane, max(i32x4.extract_lane(two, 0), i32x4.extract_lane(two, 1)), ASIDE_LARGEST);
}

/** Adds what `pack` found of four blocks, in their order. @returns their largest errors */
function addUp(sums: usize, scratch: usize): v128 {
  // The unit's inverse is a power of two: of the exponents the opposite.
  const unit = i32x4.sub(i32x4.splat(0x7f000000), v128.load(scratch, UNITS));
  const low = square(lower(unit));
  const high = square(upper(unit));
  const asideLow = v128.load(scratch, ASIDE);
  const asideHigh = v128.load(scratch, ASIDE + 16);
  const errors = sumsOf(scratch + ERRORS);
  const upperErrors = v128.shuffle<u32>(errors, errors, 2, 3, 0, 1);
  addInTurn(
    sums,
    f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(errors), low), asideLow),
    f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(upperErrors), high), asideHigh),
  );
  const norms = i64x2.add(lowers(scratch + NORMS), uppers(scratch + NORMS));
  const upperNorms = i64x2.add(lowers(scratch + NORMS + 32), uppers(scratch + NORMS + 32));
  addInTurn(
    sums + 8,
    f64x2.add(f64x2.mul(wholes(norms), low), asideLow),
    f64x2.add(f64x2.mul(wholes(upperNorms), high), asideHigh),
  );
  const largest = f32x4.mul(f32x4.convert_i32x4_s(mostOf(scratch + LARGEST)), unit);
  return f32x4.pmax(largest, v128.load(scratch, ASIDE_LARGEST));
}

/** Whole numbers below 2⁵² as float64. */
function wholes(values: v128): v128 {
  const bits = i64x2.splat(WHOLE_64);
  return f64x2.sub(v128.or(values, bits), bits);
}
