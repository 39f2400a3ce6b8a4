/** SHA-256 of bytes that come in parts (FIPS 180-4): the browser's own digest wants them all at once. */

/** Fractional parts of the cube roots of the first 64 primes. */
const K = Uint32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)));
const BLOCK = 64;

export class Sha256Stream {
  /** Fractional parts of the square roots of the first 8 primes. */
  readonly #state = Uint32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));
  readonly #schedule = new Uint32Array(64);
  readonly #rest = new Uint8Array(BLOCK);
  #bytes = 0;

  add(part: Uint8Array): void {
    let at = 0;
    const held = this.#bytes % BLOCK;
    this.#bytes += part.length;
    if (held > 0) {
      at = Math.min(BLOCK - held, part.length);
      this.#rest.set(part.subarray(0, at), held);
      if (held + at < BLOCK) return;
      this.#block(this.#rest, 0);
    }
    for (; at + BLOCK <= part.length; at += BLOCK) this.#block(part, at);
    this.#rest.set(part.subarray(at));
  }

  /** In hex; nothing can be added after it. */
  hex(): string {
    const held = this.#bytes % BLOCK;
    const padding = new Uint8Array((held < 56 ? 64 : 128) - held);
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(this.#bytes) * 8n);
    this.add(padding);
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #block(bytes: Uint8Array, at: number): void {
    const w = this.#schedule;
    for (let t = 0, from = at; t < 16; t += 1, from += 4) {
      w[t] =
        ((bytes[from] as number) << 24) |
        ((bytes[from + 1] as number) << 16) |
        ((bytes[from + 2] as number) << 8) |
        (bytes[from + 3] as number);
    }
    for (let t = 16; t < 64; t += 1) {
      const [early, late] = [w[t - 15] as number, w[t - 2] as number];
      const s0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
      const s1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
      w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0;
    }
    const state = this.#state;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let t = 0; t < 64; t += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] = (state[index] as number) + word));
  }
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  return primes;
}

/** The first 32 bits behind the point: a double holds them, and 21 more. */
function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32);
}
