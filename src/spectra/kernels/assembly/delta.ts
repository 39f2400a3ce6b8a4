/** Statistics of float32 vectors, summed in float64. `count` is a multiple of eight: callers pad with zeros. */
import { nearestHalf } from '../../../checkpoint/assembly/decode';

/** to − from in float32; with `half`, rounded to binary16 (which of binary16 operands is their binary16 difference). */
export function subtract(to: usize, from: usize, out: usize, count: i32, half: bool): void {
  const end = out + ((<usize>count) << 2);
  // Two loops: one with a choice in it would round every difference and throw the result away.
  if (half) {
    while (out < end) {
      v128.store(out, nearestHalf(f32x4.sub(v128.load(to), v128.load(from))));
      to += 16;
      from += 16;
      out += 16;
    }
  } else {
    while (out < end) {
      v128.store(out, f32x4.sub(v128.load(to), v128.load(from)));
      to += 16;
      from += 16;
      out += 16;
    }
  }
}

/** Four sums side by side: each addition of one alone would wait for the one before. */
export function dot(x: usize, y: usize, count: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  const end = x + ((<usize>count) << 2);
  while (x < end) {
    const x0 = v128.load(x);
    const y0 = v128.load(y);
    const x1 = v128.load(x, 16);
    const y1 = v128.load(y, 16);
    a = f64x2.add(a, f64x2.mul(f64x2.promote_low_f32x4(x0), f64x2.promote_low_f32x4(y0)));
    b = f64x2.add(b, f64x2.mul(upper(x0), upper(y0)));
    c = f64x2.add(c, f64x2.mul(f64x2.promote_low_f32x4(x1), f64x2.promote_low_f32x4(y1)));
    d = f64x2.add(d, f64x2.mul(upper(x1), upper(y1)));
    x += 32;
    y += 32;
  }
  return total(a, b, c, d);
}

/** As `dot(x, x, count)`, to the last bit, in half of the conversions. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  const end = x + ((<usize>count) << 2);
  while (x < end) {
    const values = v128.load(x);
    const more = v128.load(x, 16);
    a = f64x2.add(a, square(f64x2.promote_low_f32x4(values)));
    b = f64x2.add(b, square(upper(values)));
    c = f64x2.add(c, square(f64x2.promote_low_f32x4(more)));
    d = f64x2.add(d, square(upper(more)));
    x += 32;
  }
  return total(a, b, c, d);
}

function square(x: v128): v128 {
  return f64x2.mul(x, x);
}

function total(a: v128, b: v128, c: v128, d: v128): f64 {
  const all = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
}

function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(x, x, 1, 1));
}

/** As `sumOfSquares`; adds how many values are zero to the integer at `zeros`. */
export function sumOfSquaresAndZeros(x: usize, count: i32, zeros: usize): f64 {
  const zero = f32x4.splat(0);
  let lanes = i32x4.splat(0);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  const end = x + ((<usize>count) << 2);
  while (x < end) {
    const values = v128.load(x);
    const more = v128.load(x, 16);
    lanes = i32x4.sub(lanes, i32x4.add(f32x4.eq(values, zero), f32x4.eq(more, zero)));
    a = f64x2.add(a, square(f64x2.promote_low_f32x4(values)));
    b = f64x2.add(b, square(upper(values)));
    c = f64x2.add(c, square(f64x2.promote_low_f32x4(more)));
    d = f64x2.add(d, square(upper(more)));
    x += 32;
  }
  const here =
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3);
  store<i32>(zeros, load<i32>(zeros) + here);
  return total(a, b, c, d);
}
