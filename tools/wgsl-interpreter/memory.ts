/** Arrays that kernels share, watched for what goes wrong on a GPU alone. */

const SEVERAL = -1;

/**
 * An array of f32 or of vec4<f32>. Two invocations that touch the same entry, one of them writing, without a barrier in
 * between, and every index out of bounds, are errors: a GPU need not run invocations in the order in which this one does.
 */
export class SharedArray {
  readonly data: Float32Array;
  readonly #name: string;
  readonly #length: number;
  readonly #writer: Int32Array;
  readonly #written: Int32Array;
  readonly #reader: Int32Array;
  readonly #read: Int32Array;
  /** What happened in an earlier one is over for everybody. */
  epoch = 0;

  /** @param size floats of an entry */
  constructor(name: string, data: Float32Array, size: number) {
    this.data = data;
    this.#name = name;
    this.#length = Math.floor(data.length / size);
    this.#writer = new Int32Array(this.#length);
    this.#written = new Int32Array(this.#length).fill(-1);
    this.#reader = new Int32Array(this.#length);
    this.#read = new Int32Array(this.#length).fill(-1);
  }

  load(at: number, who: number): number {
    this.#onRead(at, who);
    return this.data[at] as number;
  }

  loadQuad(at: number, who: number): number[] {
    this.#onRead(at, who);
    return Array.from(this.data.subarray(4 * at, 4 * at + 4));
  }

  store(at: number, who: number, value: number): void {
    this.#onWrite(at, who);
    this.data[at] = value;
  }

  storeQuad(at: number, who: number, value: readonly number[]): void {
    this.#onWrite(at, who);
    this.data.set(value, 4 * at);
  }

  #onRead(at: number, who: number): void {
    this.#check(at);
    const { epoch } = this;
    if (this.#written[at] === epoch && this.#writer[at] !== who) this.#race(at, who);
    const alone = this.#read[at] !== epoch || this.#reader[at] === who;
    this.#reader[at] = alone ? who : SEVERAL;
    this.#read[at] = epoch;
  }

  #onWrite(at: number, who: number): void {
    this.#check(at);
    const { epoch } = this;
    if (this.#written[at] === epoch && this.#writer[at] !== who) this.#race(at, who);
    if (this.#read[at] === epoch && this.#reader[at] !== who) this.#race(at, who);
    this.#writer[at] = who;
    this.#written[at] = epoch;
  }

  #check(at: number): void {
    if (Number.isInteger(at) && at >= 0 && at < this.#length) return;
    throw new Error(`${this.#name}[${at}] of ${this.#length}`);
  }

  #race(at: number, who: number): never {
    const others = this.#written[at] === this.epoch ? this.#writer[at] : this.#reader[at];
    const other = others === SEVERAL ? 'several' : `invocation ${others}`;
    throw new Error(`${this.#name}[${at}]: ${other} and invocation ${who} meet without a barrier`);
  }
}
