/** Statistics of float32 vectors, summed in float64. `count` is a multiple of four: callers pad with zeros. */
import { nearestHalf } from './decode';

/** to − from in float32; with `half`, rounded to binary16 (which of binary16 operands is their binary16 difference). */
export function subtract(to: usize, from: usize, out: usize, count: i32, half: bool): void {
  const end = out + ((<usize>count) << 2);
  while (out < end) {
    const difference = f32x4.sub(v128.load(to), v128.load(from));
    v128.store(out, half ? nearestHalf(difference) : difference);
    to += 16;
    from += 16;
    out += 16;
  }
}

export function dot(x: usize, y: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = x + ((<usize>count) << 2);
  while (x < end) {
    const a = v128.load(x);
    const b = v128.load(y);
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b)));
    high = f64x2.add(high, f64x2.mul(upper(a), upper(b)));
    x += 16;
    y += 16;
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(x, x, 1, 1));
}

/** How many values are zero. */
export function countZeros(x: usize, count: i32): i32 {
  const zero = f32x4.splat(0);
  let lanes = i32x4.splat(0);
  const end = x + ((<usize>count) << 2);
  while (x < end) {
    lanes = i32x4.sub(lanes, f32x4.eq(v128.load(x), zero));
    x += 16;
  }
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
