/** What rows are called, by hashes: eight bytes a row, whatever the names. */

/** A name that is missing. */
export const NO_NAME = -1;

/** 53 bits of a text (cyrb53): two of a million names share one with a chance of 1 in 20,000, and then are compared. */
export function nameHash(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 2 ** 32 * (b & 0x1fffff) + (a >>> 0);
}

/** One hash for each row, in order. */
export class NameHashes {
  #hashes = new Float64Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `undefined`: the row has no name. */
  add(name: string | undefined): void {
    if (this.#count === this.#hashes.length) {
      const grown = new Float64Array(this.#hashes.length * 2);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    this.#hashes[this.#count] = name === undefined ? NO_NAME : nameHash(name);
    this.#count += 1;
  }

  at(index: number): number {
    return this.#hashes[index] ?? NO_NAME;
  }
}

/**
 * The first of `count` rows whose name an earlier one has; undefined where all differ.
 *
 * @param hashOf of a row's name
 * @param isSame whether two rows of one hash have one name
 */
export async function firstRepeat(
  count: number,
  hashOf: (index: number) => number,
  isSame: (earlier: number, later: number) => Promise<boolean>,
): Promise<number | undefined> {
  const table = new NameTable(count, hashOf);
  for (let index = 0; index < count; index++) {
    const earlier = table.last(hashOf(index));
    if (earlier !== undefined && (await isSame(earlier, index))) return index;
    table.add(index);
  }
  return undefined;
}

/** The last row of each name's hash: a hash table with open addressing. */
export class NameTable {
  readonly #slots: Int32Array;
  readonly #hashOf: (index: number) => number;

  /** @param count rows that will be added */
  constructor(count: number, hashOf: (index: number) => number) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * 2)))).fill(-1);
    this.#hashOf = hashOf;
  }

  add(index: number): void {
    this.#slots[this.#slot(this.#hashOf(index))] = index;
  }

  /** The row of this hash that was added last. */
  last(hash: number): number | undefined {
    const index = this.#slots[this.#slot(hash)] as number;
    return index < 0 ? undefined : index;
  }

  /** Where the hash stands, or would. */
  #slot(hash: number): number {
    let slot = Math.abs(hash) % this.#slots.length;
    for (;;) {
      const index = this.#slots[slot] as number;
      if (index < 0 || this.#hashOf(index) === hash) return slot;
      slot = (slot + 1) % this.#slots.length;
    }
  }
}
