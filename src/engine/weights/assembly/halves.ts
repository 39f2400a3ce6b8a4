/** Float32 into halves. */
import { nearestHalf } from '../../../checkpoint/assembly/decode';
import { keepLargest, lower, square, upper } from './blocks';

/**
 * Values to halves. NaN and infinities stay what they are, and count as no error.
 *
 * @param count a multiple of eight
 * @param sums as above
 * @returns false where a finite value is beyond the largest half
 */
export function toHalves(values: usize, count: i32, halves: usize, sums: usize): bool {
  const end = values + ((<usize>count) << 2);
  let largest = f32x4.splat(0);
  // Error and norm side by side, value after value.
  let both = f64x2(load<f64>(sums), load<f64>(sums, 8));
  while (values < end) {
    const a = v128.load(values);
    const b = v128.load(values, 16);
    const roundedA = nearestHalf(a);
    const roundedB = nearestHalf(b);
    v128.store(halves, i16x8.narrow_i32x4_u(halfBits(roundedA), halfBits(roundedB)));
    const keptA = finite(a);
    const keptB = finite(b);
    const offA = v128.and(f32x4.abs(f32x4.sub(roundedA, a)), keptA);
    const offB = v128.and(f32x4.abs(f32x4.sub(roundedB, b)), keptB);
    largest = f32x4.pmax(largest, f32x4.pmax(offA, offB));
    both = addInOrder(both, offA, v128.and(a, keptA));
    both = addInOrder(both, offB, v128.and(b, keptB));
    values += 32;
    halves += 16;
  }
  store<f64>(sums, f64x2.extract_lane(both, 0));
  store<f64>(sums, f64x2.extract_lane(both, 1), 8);
  keepLargest(sums, largest);
  return load<f64>(sums, 16) != Infinity;
}

function addInOrder(both: v128, off: v128, value: v128): v128 {
  const errorLow = square(lower(off));
  const errorHigh = square(upper(off));
  const normLow = square(lower(value));
  const normHigh = square(upper(value));
  both = f64x2.add(both, v128.shuffle<u64>(errorLow, normLow, 0, 2));
  both = f64x2.add(both, v128.shuffle<u64>(errorLow, normLow, 1, 3));
  both = f64x2.add(both, v128.shuffle<u64>(errorHigh, normHigh, 0, 2));
  return f64x2.add(both, v128.shuffle<u64>(errorHigh, normHigh, 1, 3));
}

function finite(values: v128): v128 {
  return i32x4.lt_s(v128.and(values, i32x4.splat(0x7fffffff)), i32x4.splat(0x7f800000));
}

/** The bits of halves, each in the low half of a lane, of float32 values that are halves; of NaN one alone. */
function halfBits(rounded: v128): v128 {
  const sign = v128.and(i32x4.shr_u(rounded, 16), i32x4.splat(0x8000));
  const magnitude = v128.and(rounded, i32x4.splat(0x7fffffff));
  const normal = i32x4.shr_s(i32x4.sub(magnitude, i32x4.splat(0x38000000)), 13);
  // A multiple of 2⁻²⁴, which is the unit in the last place of float32 at ½.
  const subnormal = i32x4.sub(f32x4.add(magnitude, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  const bits = v128.bitselect(subnormal, normal, i32x4.lt_s(magnitude, i32x4.splat(0x38800000)));
  const nan = v128.and(i32x4.gt_s(magnitude, i32x4.splat(0x7f800000)), i32x4.splat(0x200));
  return v128.or(sign, v128.or(nan, i32x4.min_s(bits, i32x4.splat(0x7c00))));
}
