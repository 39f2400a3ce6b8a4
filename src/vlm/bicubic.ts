/** Bits after the point of a weight: 32, less 8 for the sample, less 2 because a sum may leave 0…255. Pillow's choice. */
const PRECISION_BITS = 32 - 8 - 2;
/** Catmull–Rom; the value Pillow uses (OpenCV and PyTorch take −0.75). */
const A = -0.5;
const SUPPORT = 2;
const CHANNELS = 3;

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

interface Taps {
  /** First input sample of each output sample, and how many. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed-point weights, `width` of them for each output sample. */
  readonly weights: Int32Array;
  readonly width: number;
}

/** When shrinking, the kernel is stretched over all the input samples that fall into an output sample. */
function taps(input: number, output: number): Taps {
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const support = SUPPORT * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(output);
  const count = new Int32Array(output);
  const weights = new Int32Array(output * width);
  const exact = new Float64Array(width);
  for (let out = 0; out < output; out++) {
    const center = (out + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const size = Math.min(input, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const weight = cubic((i + start - center + 0.5) * (1 / stretch));
      exact[i] = weight;
      sum += weight;
    }
    for (let i = 0; i < size; i++) {
      const fixed = ((exact[i] ?? 0) / sum) * (1 << PRECISION_BITS);
      weights[out * width + i] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    first[out] = start;
    count[out] = size;
  }
  return { first, count, weights, width };
}

const HALF = 1 << (PRECISION_BITS - 1);

/** Output sample `out` at byte `to`: the weighted sum of input pixels `step` bytes apart, in a line that starts at `line`. */
function sample(
  input: Uint8Array,
  output: Uint8ClampedArray,
  { first, count, weights, width }: Taps,
  out: number,
  line: number,
  step: number,
  to: number,
): void {
  let at = line + (first[out] ?? 0) * step;
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  const end = out * width + (count[out] ?? 0);
  for (let tap = out * width; tap < end; tap++, at += step) {
    const weight = weights[tap] ?? 0;
    red = (red + Math.imul(input[at] ?? 0, weight)) | 0;
    green = (green + Math.imul(input[at + 1] ?? 0, weight)) | 0;
    blue = (blue + Math.imul(input[at + 2] ?? 0, weight)) | 0;
  }
  output[to] = red >> PRECISION_BITS;
  output[to + 1] = green >> PRECISION_BITS;
  output[to + 2] = blue >> PRECISION_BITS;
}

function resizeRows(rgb: Uint8Array, width: number, height: number, outWidth: number): Uint8Array {
  if (width === outWidth) return rgb;
  const kernel = taps(width, outWidth);
  const output = new Uint8ClampedArray(outWidth * height * CHANNELS);
  for (let y = 0, to = 0; y < height; y++) {
    const line = y * width * CHANNELS;
    for (let x = 0; x < outWidth; x++, to += CHANNELS) sample(rgb, output, kernel, x, line, CHANNELS, to);
  }
  return new Uint8Array(output.buffer);
}

function resizeColumns(rgb: Uint8Array, width: number, height: number, outHeight: number): Uint8Array {
  if (height === outHeight) return rgb;
  const kernel = taps(height, outHeight);
  const row = width * CHANNELS;
  const output = new Uint8ClampedArray(row * outHeight);
  for (let y = 0, to = 0; y < outHeight; y++) {
    for (let column = 0; column < row; column += CHANNELS, to += CHANNELS) {
      sample(rgb, output, kernel, y, column, row, to);
    }
  }
  return new Uint8Array(output.buffer);
}

/**
 * Antialiased bicubic resize of interleaved 8-bit RGB, byte for byte what Pillow's `Image.resize(…, BICUBIC)` gives: two
 * passes with fixed-point weights, each rounded and clamped to 8 bits. A canvas resize is no substitute: its
 * filter is the browser's own. Returns `rgb` itself when the size does not change.
 *
 * @param passes as the first pass rounds, its direction shows in the result. Pillow 13 begins with the columns where that
 * discards enough rows (`by-sizes`); before, the rows always came first.
 */
export function resizeBicubic(
  rgb: Uint8Array,
  width: number,
  height: number,
  outWidth: number,
  outHeight: number,
  passes: 'by-sizes' | 'rows-first' = 'by-sizes',
): Uint8Array {
  const columnsFirst =
    passes === 'by-sizes' && outHeight < height && height - outHeight > 2 * (width - outWidth);
  return columnsFirst
    ? resizeRows(resizeColumns(rgb, width, height, outHeight), width, outHeight, outWidth)
    : resizeColumns(resizeRows(rgb, width, height, outWidth), outWidth, height, outHeight);
}
