/** The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), as NumPy's legacy `RandomState` seeds it. */
const SIZE = 624;
const MIDDLE = 397;

export class Mt19937 {
  readonly #state = new Uint32Array(SIZE);
  #index = SIZE;

  /** @throws RangeError for a seed that is no unsigned 32-bit integer, as NumPy does. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
      throw new RangeError(`seed ${seed} is not a whole number from 0 to 4294967295`);
    }
    this.#state[0] = seed;
    for (let index = 1; index < SIZE; index++) {
      const before = this.#state[index - 1] as number;
      this.#state[index] = Math.imul(before ^ (before >>> 30), 1_812_433_253) + index;
    }
  }

  /** The next 32 bits. */
  next(): number {
    if (this.#index === SIZE) this.#twist();
    let value = this.#state[this.#index++] as number;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c_5680;
    value ^= (value << 15) & 0xefc6_0000;
    return (value ^ (value >>> 18)) >>> 0;
  }

  /** A whole number from 0 to `most`, every one as likely: masked bits, drawn again while they exceed it. */
  upTo(most: number): number {
    let mask = most;
    for (let shift = 1; shift < 32; shift *= 2) mask |= mask >>> shift;
    for (;;) {
      const value = (this.next() & mask) >>> 0;
      if (value <= most) return value;
    }
  }

  #twist(): void {
    const state = this.#state;
    for (let index = 0; index < SIZE; index++) {
      const joined =
        ((state[index] as number) & 0x8000_0000) | ((state[(index + 1) % SIZE] as number) & 0x7fff_ffff);
      const odd = joined & 1 ? 0x9908_b0df : 0;
      state[index] = (state[(index + MIDDLE) % SIZE] as number) ^ (joined >>> 1) ^ odd;
    }
    this.#index = 0;
  }
}
