/** Lets work in while its bytes fit; what is larger than the whole budget goes alone. First come, first served. */
export class MemoryBudget {
  readonly #total: number;
  #held = 0;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  /** @param total bytes */
  constructor(total: number) {
    this.#total = total;
  }

  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (!this.#fits(bytes) || this.#waiting.length > 0)
      await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
    else this.#held += bytes;
    try {
      return await work();
    } finally {
      this.#held -= bytes;
      this.#admit();
    }
  }

  #fits(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.#total;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#held += next.bytes;
      next.enter();
    }
  }
}
