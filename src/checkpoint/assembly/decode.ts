/** Stored weights to float32, four at a time. Counts are rounded up to four: buffers have room for it. */

/** A bfloat16 is the upper half of a float32. */
export function decodeBfloat16(from: usize, to: usize, count: i32): void {
  const zero = i32x4.splat(0);
  const end = from + ((<usize>count) << 1);
  while (from < end) {
    const codes = v128.load(from);
    v128.store(to, v128.shuffle<u16>(zero, codes, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(to, v128.shuffle<u16>(zero, codes, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    from += 16;
    to += 32;
  }
}

/** binary16 to float32, exactly: a multiplication by 2¹¹² moves the exponent and normalizes subnormals at once. */
export function decodeHalf(from: usize, to: usize, count: i32): void {
  const rebias = f32x4.splat(5192296858534827628530496329220096.0);
  const end = from + ((<usize>count) << 1);
  while (from < end) {
    const codes = v128.load64_zero(from);
    const wide = v128.shuffle<u16>(codes, i32x4.splat(0), 0, 8, 1, 9, 2, 10, 3, 11);
    const sign = i32x4.shl(v128.and(wide, i32x4.splat(0x8000)), 16);
    const magnitude = v128.and(wide, i32x4.splat(0x7fff));
    const finite = f32x4.mul(i32x4.shl(magnitude, 13), rebias);
    const special = v128.and(i32x4.ge_s(magnitude, i32x4.splat(0x7c00)), i32x4.splat(0x7f800000));
    v128.store(to, v128.or(sign, v128.or(finite, special)));
    from += 8;
    to += 16;
  }
}

/** Rounds float32 values to the nearest binary16 in place, ties to even; 65520 and more become infinite. */
export function roundToHalf(values: usize, count: i32): void {
  const end = values + ((<usize>count) << 2);
  while (values < end) {
    v128.store(values, nearestHalf(v128.load(values)));
    values += 16;
  }
}

export function nearestHalf(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const magnitude = v128.andnot(x, i32x4.splat(0x80000000));
  const even = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const carried = i32x4.add(i32x4.add(magnitude, i32x4.splat(0xfff)), even);
  const normal = v128.and(carried, i32x4.splat(~0x1fff));
  // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴, which is the unit in the last place of float32 at ½.
  const half = f32x4.splat(0.5);
  const subnormal = f32x4.sub(f32x4.add(magnitude, half), half);
  const small = i32x4.lt_s(magnitude, i32x4.splat(0x38800000));
  let rounded = v128.bitselect(subnormal, normal, small);
  const large = i32x4.ge_s(magnitude, i32x4.splat(0x477ff000));
  rounded = v128.bitselect(i32x4.splat(0x7f800000), rounded, large);
  const nan = i32x4.gt_s(magnitude, i32x4.splat(0x7f800000));
  return v128.or(sign, v128.bitselect(magnitude, rounded, nan));
}
