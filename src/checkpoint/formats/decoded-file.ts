/** A safetensors file that nobody wrote: the values of encoded tensors, decoded as they are read. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { dateOf } from '../byte-source.ts';
import { planSafetensors } from '../writing.ts';
import type { AnyEncoded } from './codecs.ts';
import { decodedDtype, DecodedTensor } from './decoded-tensor.ts';

/** Tensors that may hold parts in memory: two neighbours, of which one may still be read by others. */
const KEPT = 2;

/**
 * Any range may be read in any order, and the bytes are always the same: plain tensors as they are stored, all others in float32.
 */
export class DecodedFile implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** When the latest of the stored files was written; 0 where no one knows. */
  readonly lastModified: number;
  readonly #head: Uint8Array<ArrayBuffer>;
  readonly #tensors: readonly DecodedTensor[];
  /** Read last, in that order. */
  readonly #recent = new Set<DecodedTensor>();

  constructor(name: string, tensors: readonly AnyEncoded[], files: CheckpointFiles) {
    const layouts = tensors.map((tensor) => ({
      ...{ name: tensor.storedName, dtype: decodedDtype(tensor), shape: tensor.shape, tensor },
    }));
    const { head, order, bytes } = planSafetensors(layouts);
    let at = head.length;
    this.#tensors = order.map(({ tensor }) => {
      const placed = new DecodedTensor(name, tensor, at, files);
      at = placed.size;
      return placed;
    });
    this.name = name;
    this.size = bytes;
    this.#head = head;
    const stored = new Set(tensors.flatMap(({ parts }) => Object.values(parts).map(({ file }) => file)));
    const dates = [...stored].map((file) => {
      const source = files.get(file);
      return source ? (dateOf(source) ?? 0) : 0;
    });
    this.lastModified = Math.max(0, ...dates);
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.#read(start, Math.min(end, this.size)) };
  }

  /** The tensor that holds the byte at `position`; undefined in front of the first and behind the last. */
  tensorAt(position: number): DecodedTensor | undefined {
    const tensor = this.#tensors[this.#firstAfter(position)];
    return tensor && tensor.start <= position ? tensor : undefined;
  }

  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const inside = this.tensorAt(start);
    if (inside && end <= inside.size) return this.#part(inside, start, end);
    const whole = new Uint8Array(Math.max(0, end - start));
    if (start < this.#head.length) whole.set(this.#head.subarray(start, end));
    for (let index = this.#firstAfter(start); index < this.#tensors.length; index += 1) {
      const tensor = this.#tensors[index] as DecodedTensor;
      if (tensor.start >= end) break;
      const from = Math.max(start, tensor.start);
      whole.set(new Uint8Array(await this.#part(tensor, from, Math.min(end, tensor.size))), from - start);
    }
    return whole.buffer;
  }

  #part(tensor: DecodedTensor, start: number, end: number): Promise<ArrayBuffer> {
    this.#recent.delete(tensor);
    this.#recent.add(tensor);
    const [oldest] = this.#recent;
    if (this.#recent.size > KEPT && oldest) {
      this.#recent.delete(oldest);
      oldest.forget();
    }
    return tensor.slice(start, end).arrayBuffer();
  }

  /** The first tensor that ends after `position`. */
  #firstAfter(position: number): number {
    let [low, high] = [0, this.#tensors.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tensors[middle] as DecodedTensor).size > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
