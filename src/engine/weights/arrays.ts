/** The weight arrays of one resident checkpoint on its device. */
import type { WeightSlot } from '../../graph/weights.ts';
import { slotBytes } from '../../graph/weights.ts';
import type { Backend, Tensor } from '../backend/backend.ts';
import { asModuleError } from '../backend/module-error.ts';

/** What of a backend holds weights. */
export type ArrayDevice = Pick<Backend, 'constantWeights' | 'zeros' | 'write' | 'dispose'>;

/** An array in memory: of one checkpoint, or of several that have the same bytes there. */
interface HeldArray {
  readonly content: Tensor | Uint8Array;
  readonly bytes: number;
  holders: number;
}

/**
 * On the GPU a tensor per array, bound at each run. Where weights are constants of the graphs, plain bytes
 * that graphs are built from. Not all of them need be held: what is given back can be adopted again.
 */
export class WeightArrays {
  readonly #backend: ArrayDevice;
  readonly #held = new Map<string, HeldArray>();
  /** Of every array that ever came, held or not. */
  readonly #sizes = new Map<string, number>();
  readonly #wanted: ReadonlySet<string> | undefined;
  #disposed = false;

  /** @param wanted arrays to be held; what comes of others is let go. Default: all */
  constructor(backend: ArrayDevice, wanted?: ReadonlySet<string>) {
    this.#backend = backend;
    this.#wanted = wanted;
  }

  /** Bytes of all arrays, held or given back. */
  get bytes(): number {
    return sum(this.#sizes.values());
  }

  /** Bytes of the arrays that are held. */
  get heldBytes(): number {
    return distinctBytes([this]);
  }

  /** What is held, for `distinctBytes`. */
  get held(): Iterable<{ readonly bytes: number }> {
    return this.#held.values();
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /**
   * Makes room for an array, once: what a damaged copy left half written is written again in place. Nothing once
   * disposed.
   *
   * @throws NamedError `OutOfMemory`, `BindingTooLarge`.
   */
  async allocate(slot: WeightSlot): Promise<void> {
    if (this.#disposed || this.#held.has(slot.name)) return;
    const bytes = slotBytes(slot);
    this.#sizes.set(slot.name, bytes);
    if (!this.#wants(slot.name)) return;
    if (this.#backend.constantWeights) {
      this.#held.set(slot.name, { content: room(bytes), bytes, holders: 1 });
      return;
    }
    const content = await this.#backend.zeros(slot.type, slot.dims);
    // A load that failed elsewhere does not wait for its other pieces.
    if (this.#disposed) this.#backend.dispose(content);
    else this.#held.set(slot.name, { content, bytes, holders: 1 });
  }

  write(name: string, byteOffset: number, bytes: Uint8Array): void {
    if (!this.#wants(name)) return;
    const content = this.#held.get(name)?.content;
    if (content instanceof Uint8Array) content.set(bytes, byteOffset);
    else this.#backend.write(this.tensor(name), byteOffset, bytes);
  }

  /** Whether all of them are plain bytes here, which need not be copied where they come whole. */
  get areConstants(): boolean {
    return this.#backend.constantWeights && this.#wanted === undefined;
  }

  /** Keeps all bytes of an array as they came; where arrays are constants, and this one is not there yet. */
  take(name: string, bytes: Uint8Array): void {
    if (this.#disposed) return;
    this.#sizes.set(name, bytes.length);
    if (this.#wants(name)) this.#held.set(name, { content: bytes, bytes: bytes.length, holders: 1 });
  }

  tensor(name: string): Tensor {
    const content = this.#held.get(name)?.content;
    if (!content || content instanceof Uint8Array)
      throw new RangeError(`the weight ${name} is not on the device`);
    return content;
  }

  constant(name: string): Uint8Array {
    const content = this.#held.get(name)?.content;
    if (!(content instanceof Uint8Array)) throw new RangeError(`the weight ${name} is not in memory`);
    return content;
  }

  /** All arrays that are held, where they are plain bytes. */
  *constants(): Generator<readonly [name: string, bytes: Uint8Array]> {
    for (const name of this.#held.keys()) yield [name, this.constant(name)];
  }

  /** Gives arrays back; others that hold the same keep them. */
  release(names: Iterable<string>): void {
    for (const name of names) {
      const array = this.#held.get(name);
      if (!array) continue;
      this.#held.delete(name);
      array.holders -= 1;
      if (array.holders === 0 && !(array.content instanceof Uint8Array)) this.#backend.dispose(array.content);
    }
  }

  /** Takes over all that `other` holds, which is then nothing's but these. */
  adopt(other: WeightArrays): void {
    for (const [name, array] of other.#held) this.#held.set(name, array);
    other.#held.clear();
    if (this.#disposed) this.dispose();
  }

  /** Holds arrays of `other`, on the same device, in place of its own: they have the same bytes. */
  share(names: Iterable<string>, other: WeightArrays): void {
    for (const name of names) {
      const array = other.#held.get(name);
      if (!array || array === this.#held.get(name)) continue;
      this.release([name]);
      array.holders += 1;
      this.#held.set(name, array);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.release([...this.#held.keys()]);
    this.#sizes.clear();
  }

  #wants(name: string): boolean {
    return this.#wanted?.has(name) ?? true;
  }
}

/** Bytes that several hold together: what is the same array counts once. */
export function distinctBytes(all: Iterable<Pick<WeightArrays, 'held'>>): number {
  return sum(Array.from(new Set([...all].flatMap(({ held }) => [...held])), ({ bytes }) => bytes));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function room(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw asModuleError(error);
  }
}
