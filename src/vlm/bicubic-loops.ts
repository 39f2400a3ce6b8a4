/** The loops of a bicubic resize in WebAssembly with SIMD (`assembly/index.ts`), to the same bytes; one memory a thread. */
import bytes from './assembly/index.ts?assemblyscript';
import { PLAIN_LOOPS, type ResizeLoops, type Taps } from './bicubic.ts';

/** Addresses are bytes. */
interface LoopExports {
  readonly memory: WebAssembly.Memory;
  resizeRows(
    from: number,
    width: number,
    lines: number,
    first: number,
    count: number,
    weights: number,
    stride: number,
    outWidth: number,
    to: number,
  ): void;
  resizeColumns(
    from: number,
    bytes: number,
    first: number,
    count: number,
    weights: number,
    stride: number,
    outHeight: number,
    to: number,
  ): void;
}

const CHANNELS = 3;
const PAGE_BYTES = 2 ** 16;
/** Loops read and write whole vectors. */
const SLACK = 64;
/** A thread's memory never gets smaller: what takes more is resized without it. */
const MOST_BYTES = 2 ** 24;

let loops: ResizeLoops | undefined;

/** Those of this thread: in WebAssembly, where that has SIMD. */
export function quickLoops(): ResizeLoops {
  return (loops ??= WebAssembly.validate(bytes) ? compiledLoops() : PLAIN_LOOPS);
}

function compiledLoops(): ResizeLoops {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { abort: () => undefined },
  });
  const run = instance.exports as unknown as LoopExports;
  return {
    rows(rgb, width, height, taps, outWidth) {
      const laid = layOut(run.memory, rgb, taps, CHANNELS * outWidth * height);
      if (!laid) return PLAIN_LOOPS.rows(rgb, width, height, taps, outWidth);
      const { from, first, count, weights, stride, to } = laid;
      run.resizeRows(from, width, height, first, count, weights, stride, outWidth, to);
      return laid.result();
    },
    columns(rgb, width, height, taps, outHeight) {
      const row = CHANNELS * width;
      const laid = layOut(run.memory, rgb, taps, row * outHeight);
      if (!laid) return PLAIN_LOOPS.columns(rgb, width, height, taps, outHeight);
      const { from, first, count, weights, stride, to } = laid;
      run.resizeColumns(from, row, first, count, weights, stride, outHeight, to);
      return laid.result();
    },
  };
}

/** Puts samples and taps into memory, and says where, and where `size` bytes of results go; null for too many. */
function layOut(memory: WebAssembly.Memory, rgb: Uint8Array, taps: Taps, size: number) {
  const outputs = taps.first.length;
  const stride = Math.ceil(taps.width / 4) * 4;
  const [first, count, weights] = [0, 4 * outputs, 8 * outputs];
  const from = weights + 4 * stride * outputs + SLACK;
  const to = from + rgb.length + SLACK;
  const missing = to + size + SLACK - memory.buffer.byteLength;
  if (to + size > MOST_BYTES) return null;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  new Int32Array(memory.buffer, first).set(taps.first);
  new Int32Array(memory.buffer, count).set(taps.count);
  const laid = new Int32Array(memory.buffer, weights, stride * outputs).fill(0);
  for (let out = 0; out < outputs; out++)
    laid.set(taps.weights.subarray(out * taps.width, (out + 1) * taps.width), out * stride);
  new Uint8Array(memory.buffer, from).set(rgb);
  const result = (): Uint8Array => new Uint8Array(memory.buffer, to, size).slice();
  return { from, first, count, weights, stride, to, result };
}
