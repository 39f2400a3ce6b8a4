/** Keys and values of every layer for a batch of rows, `[rows, kvHeads, capacity, headDim]` each. */
import type { Backend, Feeds, Tensor } from './backend/backend.ts';

interface Entry {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** Which slot of a prefill batch becomes which row of the cache. */
export interface RowSource {
  readonly slot: number;
  readonly row: number;
}

/** Room is added this many positions at a time where a device copies the cache at each run, used or not. */
const GROWTH = 32;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
const PARTS = ['key', 'value'] as const;

/**
 * On a device with a shared cache, decode steps write onto these tensors and room for the whole answer is there
 * from the start. On others a step returns the new token's keys and values only (returning the whole cache would
 * copy it twice more), `append` puts them in place, and room grows as needed.
 */
export class KvCache {
  readonly rows: number;
  readonly #backend: Backend;
  readonly #longest: number;
  readonly #layers: (Entry | undefined)[] = [];

  /** `longest` is the length of the longest prompt that will be installed, where prompts differ. */
  constructor(backend: Backend, rows: number, longest = 0) {
    this.#backend = backend;
    this.rows = rows;
    this.#longest = longest;
  }

  /**
   * Takes over what a prefill of one layer left behind. `present` has a slot per batch entry; where slots and
   * rows are not the same thing, or room is to be added, it is copied from and given back.
   */
  async install(layer: number, present: Entry, sources: readonly RowSource[]): Promise<void> {
    const [slots, , length] = present.key.dims as [number, number, number];
    const identity = slots === this.rows && sources.every(({ slot, row }) => slot === row);
    if (this.#backend.sharedCache && identity && sources.length === this.rows) {
      this.#layers[layer] = present;
      return;
    }
    const capacity = this.#backend.sharedCache ? length : Math.max(length, this.#longest) + GROWTH;
    const entry = (this.#layers[layer] ??= await this.#blank(present.key, capacity));
    this.#copy(present, entry, sources);
  }

  /** Feeds `i.past_key`, `i.past_value` for the layers of a segment. */
  past(from: number, to: number): Feeds {
    return this.#feeds(from, to, 'past');
  }

  /** Where a device with a shared cache writes `present`: onto `past`. */
  into(from: number, to: number): Feeds {
    return this.#feeds(from, to, 'present');
  }

  /** Makes room for position `position` in every layer, before a step that appends there. */
  async reserve(position: number): Promise<void> {
    if (this.#backend.sharedCache) return;
    for (const [layer, entry] of this.#layers.entries()) {
      if (!entry || position < (entry.key.dims[2] as number)) continue;
      const grown = await this.#blank(entry.key, position + GROWTH);
      const rows = Array.from({ length: this.rows }, (_, row) => ({ slot: row, row }));
      this.#copy(entry, grown, rows);
      this.#layers[layer] = grown;
    }
  }

  /** Puts a step's `i.key`, `i.value` `[rows, 1, kvHeads · headDim]` at each row's position, and gives them back. */
  append(from: number, to: number, outputs: Feeds, positions: readonly number[]): void {
    if (this.#backend.sharedCache) return;
    for (let layer = from; layer < to; layer++) {
      const entry = this.#entry(layer);
      const [rows, heads, capacity, width] = entry.key.dims as [number, number, number, number];
      const bytes = width * FLOAT_BYTES;
      const ranges = Array.from({ length: rows * heads }, (_, index) => ({
        from: index * bytes,
        to: (index * capacity + (positions[Math.floor(index / heads)] as number)) * bytes,
        bytes,
      }));
      for (const part of PARTS) {
        const fresh = outputs[`${layer - from}.${part}`] as Tensor;
        this.#backend.copy(fresh, entry[part], ranges);
        this.#backend.dispose(fresh);
      }
    }
  }

  /** A cache with only the rows named, in that order; this one is given back. */
  async keep(rows: readonly number[]): Promise<KvCache> {
    const kept = new KvCache(this.#backend, rows.length, this.#longest);
    const sources = rows.map((slot, row) => ({ slot, row }));
    for (const [layer, entry] of this.#layers.entries()) {
      if (!entry) continue;
      const smaller = await kept.#blank(entry.key, entry.key.dims[2] as number);
      kept.#copy(entry, smaller, sources);
      kept.#layers[layer] = smaller;
      this.#layers[layer] = undefined;
    }
    return kept;
  }

  dispose(): void {
    for (const entry of this.#layers) {
      if (entry) for (const part of PARTS) this.#backend.dispose(entry[part]);
    }
    this.#layers.length = 0;
  }

  /** Copies rows, whatever room either side has, and gives `from` back. */
  #copy(from: Entry, to: Entry, sources: readonly RowSource[]): void {
    const [, heads, length, width] = from.key.dims as [number, number, number, number];
    const capacity = to.key.dims[2] as number;
    // With the same room, a row is one piece.
    const pieces = length === capacity ? 1 : heads;
    const [read, write] = [length, capacity].map((room) => (heads / pieces) * room * width * FLOAT_BYTES) as [
      number,
      number,
    ];
    const ranges = sources.flatMap(({ slot, row }) =>
      Array.from({ length: pieces }, (_, piece) => ({
        from: (slot * pieces + piece) * read,
        to: (row * pieces + piece) * write,
        bytes: Math.min(read, write),
      })),
    );
    for (const part of PARTS) {
      this.#backend.copy(from[part], to[part], ranges);
      this.#backend.dispose(from[part]);
    }
  }

  async #blank(like: Tensor, capacity: number): Promise<Entry> {
    const [, heads, , width] = like.dims as [number, number, number, number];
    const dims = [this.rows, heads, capacity, width];
    return {
      key: await this.#backend.zeros('float32', dims),
      value: await this.#backend.zeros('float32', dims),
    };
  }

  #feeds(from: number, to: number, side: 'past' | 'present'): Feeds {
    const feeds: Feeds = {};
    for (let layer = from; layer < to; layer++) {
      const entry = this.#entry(layer);
      for (const part of PARTS) feeds[`${layer - from}.${side}_${part}`] = entry[part];
    }
    return feeds;
  }

  #entry(layer: number): Entry {
    const entry = this.#layers[layer];
    if (!entry) throw new RangeError(`layer ${layer} has no cache yet`);
    return entry;
  }
}
