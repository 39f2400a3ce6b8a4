/** Keys and values of every layer for a batch of rows, `[rows, kvHeads, capacity, headDim]` each. */
import type { Backend, CopyRange, Feeds, Tensor } from './backend/backend.ts';

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
/** Room that is held ready where what is fed may grow, up to the longest answer. */
const SPARE = 2 * GROWTH;

/** Outputs of a run that read `steps` tokens a row, the first at `positions`. */
interface Added {
  readonly outputs: Feeds;
  readonly positions: readonly number[];
  readonly steps: number;
}

/** What is held of a layer, and what of it is fed: all, or where there is room to spare its beginning, with other dims. */
interface Layer {
  readonly held: KvEntry;
  readonly fed: KvEntry;
}

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
const PARTS = ['key', 'value'] as const;

/**
 * On a device with a shared cache, decode steps write onto these tensors and room for the whole answer is there
 * from the start. On others a step returns the new token's keys and values only (returning the whole cache would
 * copy it twice more), `append` puts them in place, and room grows as needed. There a batch grows and shrinks
 * within what is held, for as long as that is enough: new memory costs more than what is copied to it.
 */
export class KvCache {
  readonly #backend: Backend;
  readonly #longest: number;
  readonly #layers: (Layer | undefined)[] = [];
  #rows: number;
  /** What a run of several steps added to every layer, until it is put in place. */
  #added: Added | null = null;

  /** `longest` is the length of the longest prompt that will be installed, where prompts differ. */
  constructor(backend: Backend, rows: number, longest = 0) {
    this.#backend = backend;
    this.#rows = rows;
    this.#longest = longest;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Takes over what a prefill of one layer left behind. `present` has a slot per batch entry; where slots and
   * rows are not the same thing, or room is to be added, it is copied from and given back.
   */
  async install(layer: number, present: KvEntry, sources: readonly RowSource[]): Promise<void> {
    const [slots, , length] = present.key.dims as [number, number, number];
    const identity = slots === this.rows && sources.every(({ slot, row }) => slot === row);
    if (this.#backend.sharedCache && identity && sources.length === this.rows) {
      this.#layers[layer] = { held: present, fed: present };
      return;
    }
    const room = this.#backend.sharedCache ? length : Math.max(length, this.#longest);
    const { fed } = (this.#layers[layer] ??= await this.#blank(present.key, this.rows, room));
    this.#copy(present, fed, sources);
    this.#giveBack(present);
  }

  /**
   * Copies the first `count` positions of slots of `present` to positions `at` … of their rows; an entry of one slot is every row's.
   * `present` stays the caller's. `capacity` is the room made where steps write in place, and the most held
   * ready where they do not.
   */
  async put(
    layer: number,
    present: KvEntry,
    sources: readonly RowSource[],
    { at, count, capacity }: { readonly at: number; readonly count: number; readonly capacity: number },
  ): Promise<void> {
    const room = this.#backend.sharedCache ? capacity : Math.max(at + count, this.#longest);
    const { fed } = (this.#layers[layer] ??= await this.#blank(present.key, this.rows, room, capacity));
    const [slots, heads, length, width] = present.key.dims as [number, number, number, number];
    const bytes = width * FLOAT_BYTES;
    const ranges = sources.flatMap(({ slot, row }) =>
      Array.from({ length: heads }, (_, head) => ({
        from: (Math.min(slot, slots - 1) * heads + head) * length * bytes,
        to: ((row * heads + head) * (fed.key.dims[2] as number) + at) * bytes,
        bytes: count * bytes,
      })),
    );
    for (const part of PARTS) this.#backend.copy(present[part], fed[part], ranges);
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
    if (!this.#backend.sharedCache) await this.#arrange(this.#all, this.#roomFor(position));
  }

  /**
   * Puts `i.fresh_key`, `i.fresh_value` `[rows, kvHeads, steps, headDim]` at each row's position and those after it, and gives them back. `rows` are those
   * of the outputs that the cache still has: all, where left out.
   */
  append(
    from: number,
    to: number,
    outputs: Feeds,
    positions: readonly number[],
    rows: readonly number[] = this.#all,
  ): void {
    if (this.#backend.sharedCache) return;
    const [, heads, room, width] = this.#entry(from).key.dims as [number, number, number, number];
    const steps = (outputs['0.fresh_key'] as Tensor).dims[2] as number;
    const bytes = width * FLOAT_BYTES;
    // All layers have the same room.
    const ranges = rows.flatMap((source, row) =>
      Array.from({ length: heads }, (_, head) => ({
        from: (source * heads + head) * steps * bytes,
        to: ((row * heads + head) * room + (positions[source] as number)) * bytes,
        bytes: steps * bytes,
      })),
    );
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
    if (this.#added) await this.keep(this.#all);
  }

  /**
   * Goes on with only the rows named, in rising order, and with what was added of them.
   *
   * @throws RangeError for another order.
   */
  async keep(rows: readonly number[]): Promise<void> {
    if (rows.some((row, at) => at > 0 && row <= (rows[at - 1] as number))) {
      throw new RangeError(`rows ${rows.join(', ')} are not in rising order`);
    }
    const added = this.#added;
    const furthest = added ? Math.max(...added.positions) + added.steps - 1 : 0;
    await this.#arrange(rows, this.#roomFor(furthest));
    this.#added = null;
    if (added) this.append(0, this.#layers.length, added.outputs, added.positions, rows);
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
    for (const layer of this.#layers) if (layer) this.#giveBack(layer.held);
    this.#layers.length = 0;
  }

  get #all(): readonly number[] {
    return [...Array(this.rows).keys()];
  }

  /** The room where position `position` is one of it: what there is, or more. */
  #roomFor(position: number): number {
    const room = this.room(0);
    return position < room ? room : position + GROWTH;
  }

  /** Leaves of every layer the rows named, with room for `room` positions, the new ones 0. */
  async #arrange(rows: readonly number[], room: number): Promise<void> {
    const [, heads, before, width] = this.#entry(0).key.dims as [number, number, number, number];
    if (rows.length === this.rows && room === before) return;
    const dims = [rows.length, heads, room, width];
    const sources = rows.map((slot, row) => ({ slot, row }));
    for (const [layer, entry] of this.#layers.entries()) {
      if (!entry) continue;
      const { held, fed } = entry;
      const enough = !this.#backend.sharedCache && sizeOf(held.key.dims) >= sizeOf(dims);
      const made = enough ? this.#fedFrom(held, dims) : await this.#blank(fed.key, rows.length, room);
      const moves = piecesOf(fed, made.fed, sources);
      for (const part of PARTS)
        this.#backend.copy(fed[part], made.fed[part], enough ? inPlace(moves) : moves);
      if (enough) await this.#clear(made.fed, before);
      else this.#giveBack(held);
      this.#layers[layer] = made;
    }
    this.#rows = rows.length;
  }

  /** Sets all positions from `from` on to 0. */
  async #clear(entry: KvEntry, from: number): Promise<void> {
    const [rows, heads, room, width] = entry.key.dims as [number, number, number, number];
    if (from === room) return;
    const blank = await this.#backend.zeros('float32', [room - from, width]);
    const bytes = sizeOf(blank.dims) * FLOAT_BYTES;
    const ranges = Array.from({ length: rows * heads }, (_, piece) => ({
      ...{ from: 0, to: (piece * room + from) * width * FLOAT_BYTES, bytes },
    }));
    for (const part of PARTS) this.#backend.copy(blank, entry[part], ranges);
    this.#backend.dispose(blank);
  }

  #giveBack(entry: KvEntry): void {
    for (const part of PARTS) this.#backend.dispose(entry[part]);
  }

  #copy(from: KvEntry, to: KvEntry, sources: readonly RowSource[]): void {
    const ranges = piecesOf(from, to, sources);
    for (const part of PARTS) this.#backend.copy(from[part], to[part], ranges);
  }

  /** Of `rows` rows, with room for `room` positions; where steps do not write in place some more is held, so that there may be `most`. */
  async #blank(like: Tensor, rows: number, room: number, most = room): Promise<Layer> {
    const [, heads, , width] = like.dims as [number, number, number, number];
    const ready = this.#backend.sharedCache ? room : Math.max(room, Math.min(room + SPARE, most));
    const dims = [rows, heads, ready, width];
    const key = await this.#backend.zeros('float32', dims);
    const held = { key, value: await this.#backend.zeros('float32', dims) };
    return this.#fedFrom(held, [rows, heads, room, width]);
  }

  #fedFrom(held: KvEntry, dims: readonly number[]): Layer {
    if (held.key.dims.join() === dims.join()) return { held, fed: held };
    const view = (part: keyof KvEntry): Tensor => this.#backend.view(held[part], dims);
    return { held, fed: { key: view('key'), value: view('value') } };
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
    return entry.fed;
  }
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** The pieces that rows are copied in, whatever room either side has. */
function piecesOf(from: KvEntry, to: KvEntry, sources: readonly RowSource[]): readonly CopyRange[] {
  const [, heads, length, width] = from.key.dims as [number, number, number, number];
  const room = to.key.dims[2] as number;
  // With the same room, a row is one piece.
  const pieces = length === room ? 1 : heads;
  const [read, write] = [length, room].map(
    (positions) => (heads / pieces) * positions * width * FLOAT_BYTES,
  ) as [number, number];
  return sources.flatMap(({ slot, row }) =>
    Array.from({ length: pieces }, (_, piece) => ({
      from: (slot * pieces + piece) * read,
      to: (row * pieces + piece) * write,
      bytes: Math.min(read, write),
    })),
  );
}

/** Moves within one tensor, of pieces that stay in their order: in one in which none is written over before it is read. */
function inPlace(moves: readonly CopyRange[]): readonly CopyRange[] {
  const down = moves.filter(({ from, to }) => to < from);
  const up = moves.filter(({ from, to }) => to > from);
  return [...down, ...up.reverse()];
}
