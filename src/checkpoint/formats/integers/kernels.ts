/** The loops of `assembly/index.ts`, compiled once a thread; each has one memory, which is used from its start by one at a time. */

/** Addresses and strides are bytes. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  transposeWords(
    from: number,
    fromStride: number,
    high: number,
    wide: number,
    to: number,
    toStride: number,
  ): void;
  turnNibbles(
    from: number,
    fromStride: number,
    eights: number,
    wide: number,
    added: number,
    rows: number,
    to: number,
    toStride: number,
    scratch: number,
  ): void;
  decodeHalf(from: number, to: number, count: number): void;
  decodeBfloat16(from: number, to: number, count: number): void;
  repeatWords(
    from: number,
    fromStride: number,
    rows: number,
    words: number,
    times: number,
    blocks: number,
    to: number,
  ): void;
  repeatNibbles(
    from: number,
    fromStride: number,
    rows: number,
    nibbles: number,
    times: number,
    blocks: number,
    to: number,
  ): void;
}

/** For each eight lines that `turnNibbles` turns together: 128 for their codes, and a stretch of the lines (`PANEL_BYTES` there). */
export const SCRATCH_BYTES = 128 + 8 * 576;

const PAGE_BYTES = 2 ** 16;

let compiled: WebAssembly.Module | undefined;
let running: Kernels | undefined;

/** Compiles them. Loaded only here: what reads no codes runs where nothing compiles AssemblyScript. */
export async function prepareKernels(): Promise<void> {
  if (compiled) return;
  const { default: bytes } = await import('./assembly/index.ts?assemblyscript');
  compiled = await WebAssembly.compile(bytes);
}

/** Whether they can be asked for in this thread. */
export function haveKernels(): boolean {
  return compiled !== undefined;
}

/** After `prepareKernels`. @param bytes that their memory has at least */
export function kernelsWith(bytes: number): Kernels {
  running ??= start();
  const missing = bytes - running.memory.buffer.byteLength;
  if (missing > 0) running.memory.grow(Math.ceil(missing / PAGE_BYTES));
  return running;
}

/** Lets go of their memory. */
export function releaseKernels(): void {
  running = undefined;
}

function start(): Kernels {
  if (!compiled) throw new RangeError('words are turned before that was prepared');
  return new WebAssembly.Instance(compiled, { env: { abort: () => undefined } })
    .exports as unknown as Kernels;
}
