/**
 * The two passes of `../bicubic.ts` over interleaved 8-bit RGB, to the same bytes. Nothing allocates: the caller lays memory out, with `SLACK`
 * (`../bicubic-loops.ts`) bytes behind whatever is read or written. Of each output sample, `first` and `count` (i32) say which input samples it
 * is made of; their `weights` (i32) are `stride` words apart, a multiple of four, zeros from `count` on.
 */

/** Bits after the point of a weight. */
const PRECISION_BITS = 22;

/** Lines of `width` pixels as lines of `outWidth`. */
export function resizeRows(
  from: usize,
  width: i32,
  lines: i32,
  first: usize,
  count: usize,
  weights: usize,
  stride: i32,
  outWidth: i32,
  to: usize,
): void {
  const half = i32x4.splat(1 << (PRECISION_BITS - 1));
  // The three bytes of each of four pixels in the low bytes of words; what lies beyond 15 gives zero.
  const a = i8x16(0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 16, 16, 16, 16);
  const b = i8x16(3, 16, 16, 16, 4, 16, 16, 16, 5, 16, 16, 16, 16, 16, 16, 16);
  const c = i8x16(6, 16, 16, 16, 7, 16, 16, 16, 8, 16, 16, 16, 16, 16, 16, 16);
  const d = i8x16(9, 16, 16, 16, 10, 16, 16, 16, 11, 16, 16, 16, 16, 16, 16, 16);
  const weightBytes = (<usize>stride) << 2;
  const outBytes = (<usize>outWidth) << 2;
  for (let line = 0; line < lines; line += 1) {
    let row = weights;
    for (let out: usize = 0; out < outBytes; out += 4) {
      let at = from + 3 * <usize>load<i32>(first + out);
      const end = row + ((<usize>load<i32>(count + out)) << 2);
      let even = half;
      let odd = i32x4.splat(0);
      for (let weight = row; weight < end; weight += 16) {
        const pixels = v128.load(at);
        even = i32x4.add(even, i32x4.mul(i8x16.swizzle(pixels, a), v128.load32_splat(weight)));
        odd = i32x4.add(odd, i32x4.mul(i8x16.swizzle(pixels, b), v128.load32_splat(weight, 4)));
        even = i32x4.add(even, i32x4.mul(i8x16.swizzle(pixels, c), v128.load32_splat(weight, 8)));
        odd = i32x4.add(odd, i32x4.mul(i8x16.swizzle(pixels, d), v128.load32_splat(weight, 12)));
        at += 12;
      }
      const sum = i32x4.shr_s(i32x4.add(even, odd), PRECISION_BITS);
      const words = i16x8.narrow_i32x4_s(sum, sum);
      // A fourth byte, over which the next pixel is written.
      v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
      to += 3;
      row += weightBytes;
    }
    from += 3 * <usize>width;
  }
}

/** Lines of `bytes` each as `outHeight` lines. */
export function resizeColumns(
  from: usize,
  bytes: i32,
  first: usize,
  count: usize,
  weights: usize,
  stride: i32,
  outHeight: i32,
  to: usize,
): void {
  const half = i32x4.splat(1 << (PRECISION_BITS - 1));
  const line = <usize>bytes;
  for (let out = 0; out < outHeight; out += 1) {
    const start = from + <usize>load<i32>(first) * line;
    const end = weights + ((<usize>load<i32>(count)) << 2);
    for (let x: usize = 0; x < line; x += 16) {
      let p = half;
      let q = half;
      let r = half;
      let s = half;
      let at = start + x;
      for (let place = weights; place < end; place += 4) {
        const samples = v128.load(at);
        const weight = v128.load32_splat(place);
        const low = i16x8.extend_low_i8x16_u(samples);
        const high = i16x8.extend_high_i8x16_u(samples);
        p = i32x4.add(p, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
        q = i32x4.add(q, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
        r = i32x4.add(r, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
        s = i32x4.add(s, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
        at += line;
      }
      // What is too much at the end of a line, the next one is written over.
      v128.store(
        to + x,
        i8x16.narrow_i16x8_u(
          i16x8.narrow_i32x4_s(i32x4.shr_s(p, PRECISION_BITS), i32x4.shr_s(q, PRECISION_BITS)),
          i16x8.narrow_i32x4_s(i32x4.shr_s(r, PRECISION_BITS), i32x4.shr_s(s, PRECISION_BITS)),
        ),
      );
    }
    to += line;
    first += 4;
    count += 4;
    weights += (<usize>stride) << 2;
  }
}
