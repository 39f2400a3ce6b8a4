/** One instance of the compiled inner loops, with memory of its own that goes when the instance does. */
import bytes from './assembly/index.ts?assemblyscript';

/** What `assembly/index.ts` exports; addresses and counts are integers, strides count elements. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  decodeBfloat16(from: number, to: number, count: number): void;
  decodeHalf(from: number, to: number, count: number): void;
  roundToHalf(values: number, count: number): void;
  subtract(to: number, from: number, out: number, count: number, half: number): void;
  dot(x: number, y: number, count: number): number;
  sumOfSquares(x: number, count: number): number;
  sumOfSquaresAndZeros(x: number, count: number, zeros: number): number;
  multiplyTile(p: number, x: number, c: number, depth: number, stride: number): void;
  lowerRankUpdate(
    c: number,
    stride: number,
    p: number,
    q: number,
    tiles: number,
    depth: number,
    scale: number,
  ): void;
  multiplyAdd(
    c: number,
    stride: number,
    p: number,
    q: number,
    rowTiles: number,
    columnTiles: number,
    depth: number,
  ): void;
  packPanel(v: number, w: number, stride: number, count: number, tiles: number, p: number, q: number): void;
  reducePanel(
    a: number,
    stride: number,
    last: number,
    count: number,
    v: number,
    w: number,
    diagonal: number,
    offDiagonal: number,
  ): void;
}

const PAGE_BYTES = 2 ** 16;
/** Vectors are 16 bytes. */
const ALIGNMENT = 16;

let compiled: Promise<WebAssembly.Module> | undefined;

export class Kernels {
  readonly run: KernelExports;
  #used = 0;
  /** Where memory begins that was never given out, and so is zero. */
  #dirty = 0;

  private constructor(run: KernelExports) {
    this.run = run;
  }

  /** A fresh instance; compiling happens once a thread. */
  static async create(): Promise<Kernels> {
    compiled ??= WebAssembly.compile(bytes);
    const instance = await WebAssembly.instantiate(await compiled, {
      // AssemblyScript names its trap handler whether or not anything traps.
      env: { abort: () => undefined },
    });
    return new Kernels(instance.exports as unknown as KernelExports);
  }

  /**
   * The address of `size` zeroed bytes. Views made before are of the old memory: make them again after the last call.
   *
   * @throws RangeError when the 4 GiB of WebAssembly, or the machine, have no more
   */
  reserve(size: number): number {
    const start = Math.ceil(this.#used / ALIGNMENT) * ALIGNMENT;
    const end = start + size;
    const { memory } = this.run;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    if (start < this.#dirty) this.bytes(start, Math.min(end, this.#dirty) - start).fill(0);
    this.#used = end;
    return start;
  }

  /** Runs `work` and takes back what it reserved. */
  scoped<T>(work: () => T): T {
    const before = this.#used;
    try {
      return work();
    } finally {
      this.#dirty = Math.max(this.#dirty, this.#used);
      this.#used = before;
    }
  }

  doubles(address: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.run.memory.buffer as ArrayBuffer, address, length);
  }

  floats(address: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.run.memory.buffer as ArrayBuffer, address, length);
  }

  integers(address: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.run.memory.buffer as ArrayBuffer, address, length);
  }

  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.run.memory.buffer as ArrayBuffer, address, length);
  }
}
