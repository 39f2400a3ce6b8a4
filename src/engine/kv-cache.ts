/** Keys and values of every layer for a batch of rows, `[rows, kvHeads, capacity, headDim]` each. */
import type { Backend, Feeds, Tensor } from './backend/backend.ts';

/** Of one layer. */
export interface KvEntry {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** Which slot of a prefill batch becomes which row of the cache. */
export interface RowSource {
  readonly slot: number;
  readonly row: number;
}

/**
 * Room is added this many positions at a time where a device copies the cache at each run, used or not; none before a step asks for it, for a run of
 * several steps keeps what it reads to itself, and many an answer ends within the first.
 */
const GROWTH = 32;
/** Outputs of a run that read `steps` tokens a row, the first at `positions`. */
interface Added {
  readonly outputs: Feeds;
  readonly positions: readonly number[];
  readonly steps: number;
}

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
  readonly #layers: (KvEntry | undefined)[] = [];
  /** What a run of several steps added to every layer, until it is put in place. */
  #added: Added | null = null;

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
  async install(layer: number, present: KvEntry, sources: readonly RowSource[]): Promise<void> {
    const [slots, , length] = present.key.dims as [number, number, number];
    const identity = slots === this.rows && sources.every(({ slot, row }) => slot === row);
    if (this.#backend.sharedCache && identity && sources.length === this.rows) {
      this.#layers[layer] = present;
      return;
    }
    const capacity = this.#backend.sharedCache ? length : Math.max(length, this.#longest);
    const entry = (this.#layers[layer] ??= await this.#blank(present.key, capacity));
    this.#copy(present, entry, sources);
    this.#giveBack(present);
  }

  /**
   * Copies the first `count` positions of slots of `present` to positions `at` … of their rows; an entry of one slot is every row's.
   * `present` stays the caller's. `capacity` is the room made where steps write in place.
   */
  async put(
    layer: number,
    present: KvEntry,
    sources: readonly RowSource[],
    { at, count, capacity }: { readonly at: number; readonly count: number; readonly capacity: number },
  ): Promise<void> {
    const room = this.#backend.sharedCache ? capacity : Math.max(at + count, this.#longest);
    const entry = (this.#layers[layer] ??= await this.#blank(present.key, room));
    const [slots, heads, length, width] = present.key.dims as [number, number, number, number];
    const bytes = width * FLOAT_BYTES;
    const ranges = sources.flatMap(({ slot, row }) =>
      Array.from({ length: heads }, (_, head) => ({
        from: (Math.min(slot, slots - 1) * heads + head) * length * bytes,
        to: ((row * heads + head) * (entry.key.dims[2] as number) + at) * bytes,
        bytes: count * bytes,
      })),
    );
    for (const part of PARTS) this.#backend.copy(present[part], entry[part], ranges);
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
      this.#giveBack(entry);
      this.#layers[layer] = grown;
    }
  }

  /** Puts `i.fresh_key`, `i.fresh_value` `[rows, kvHeads, steps, headDim]` at each row's position and those after it, and gives them back. */
  append(from: number, to: number, outputs: Feeds, positions: readonly number[]): void {
    if (this.#backend.sharedCache) return;
    const [rows, heads, capacity, width] = this.#entry(from).key.dims as [number, number, number, number];
    const steps = (outputs['0.fresh_key'] as Tensor).dims[2] as number;
    const bytes = width * FLOAT_BYTES;
    // All layers have the same room.
    const ranges = Array.from({ length: rows * heads }, (_, index) => ({
      from: index * steps * bytes,
      to: (index * capacity + (positions[Math.floor(index / heads)] as number)) * bytes,
      bytes: steps * bytes,
    }));
    for (let layer = from; layer < to; layer++) {
      const entry = this.#entry(layer);
      for (const part of PARTS) {
        const fresh = outputs[`${layer - from}.fresh_${part}`] as Tensor;
        this.#backend.copy(fresh, entry[part], ranges);
        this.#backend.dispose(fresh);
      }
    }
  }

  /** Takes over what a run added to all layers; it is put in place by `settle`, and not at all where nobody goes on. */
  add(added: Added): void {
    this.#added = added;
  }

  /** Puts what was added in place, making room for it. */
  async settle(): Promise<void> {
    if (!this.#added) return;
    const { outputs, positions, steps } = this.#added;
    await this.reserve(Math.max(...positions) + steps - 1);
    this.#added = null;
    this.append(0, this.#layers.length, outputs, positions);
  }

  /** A cache with only the rows named, in that order; this one is given back, unless `copied`. */
  async keep(rows: readonly number[], copied = false): Promise<KvCache> {
    await this.settle();
    const kept = new KvCache(this.#backend, rows.length, this.#longest);
    for (const [layer, entry] of this.#layers.entries()) {
      if (!entry) continue;
      kept.#layers[layer] = await this.slots(layer, rows);
      if (copied) continue;
      this.#giveBack(entry);
      this.#layers[layer] = undefined;
    }
    return kept;
  }

  /** A layer's entry of only the rows named, in that order: a copy, the caller's. */
  async slots(layer: number, rows: readonly number[]): Promise<KvEntry> {
    const entry = this.#entry(layer);
    const made = await this.#blank(entry.key, entry.key.dims[2] as number, rows.length);
    this.#copy(
      entry,
      made,
      rows.map((slot, row) => ({ slot, row })),
    );
    return made;
  }

  /** Positions that a layer has room for. */
  room(layer: number): number {
    return this.#entry(layer).key.dims[2] as number;
  }

  dispose(): void {
    const { outputs = {} } = this.#added ?? {};
    for (const layer of this.#layers.keys())
      for (const part of PARTS) {
        const tensor = outputs[`${layer}.fresh_${part}`];
        if (tensor) this.#backend.dispose(tensor);
      }
    this.#added = null;
    for (const entry of this.#layers) if (entry) this.#giveBack(entry);
    this.#layers.length = 0;
  }

  #giveBack(entry: KvEntry): void {
    for (const part of PARTS) this.#backend.dispose(entry[part]);
  }

  /** Copies rows, whatever room either side has. */
  #copy(from: KvEntry, to: KvEntry, sources: readonly RowSource[]): void {
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
    for (const part of PARTS) this.#backend.copy(from[part], to[part], ranges);
  }

  async #blank(like: Tensor, capacity: number, rows = this.rows): Promise<KvEntry> {
    const [, heads, , width] = like.dims as [number, number, number, number];
    const dims = [rows, heads, capacity, width];
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

  #entry(layer: number): KvEntry {
    const entry = this.#layers[layer];
    if (!entry) throw new RangeError(`layer ${layer} has no cache yet`);
    return entry;
  }
}
