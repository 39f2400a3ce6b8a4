/** Where the rows of a list stand in its file: 16 bytes a row, so that millions cost little. */
export class RowIndex {
  #starts = new Float64Array(FIRST);
  #lengths = new Uint32Array(FIRST);
  #lines = new Uint32Array(FIRST);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param line what the row is called by, from 1 */
  add(start: number, length: number, line: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts[this.#count] = start;
    this.#lengths[this.#count] = length;
    this.#lines[this.#count] = line;
    this.#count += 1;
  }

  /** Place and line of the row at `index`, from 0. */
  at(index: number): { readonly start: number; readonly end: number; readonly line: number } {
    const start = this.#starts[index] as number;
    return { start, end: start + (this.#lengths[index] as number), line: this.#lines[index] as number };
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    this.#starts = grown(this.#starts, new Float64Array(size));
    this.#lengths = grown(this.#lengths, new Uint32Array(size));
    this.#lines = grown(this.#lines, new Uint32Array(size));
  }
}

const FIRST = 1024;

function grown<Typed extends Float64Array | Uint32Array>(from: Typed, to: Typed): Typed {
  to.set(from);
  return to;
}
