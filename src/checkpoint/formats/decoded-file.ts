/** A safetensors file that nobody wrote: the values of encoded tensors, decoded as they are read. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { dateOf } from '../byte-source.ts';
import type { Dtype } from '../dtype.ts';
import { DTYPE_BYTES } from '../dtype.ts';
import { planSafetensors, tensorBytes } from '../writing.ts';
import type { AnyEncoded } from './codecs.ts';
import { TensorReader } from './tensor-reader.ts';

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly dtype: Dtype;
  readonly tensor: AnyEncoded;
}

/** Tensors whose whole parts are kept in memory: two neighbours, of which one may still be read by others. */
const KEPT_READERS = 2;

/**
 * Any range may be read in any order, and the bytes are always the same: plain tensors as they are stored, all others in float32.
 */
export class DecodedFile implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** When the latest of the stored files was written; 0 where no one knows. */
  readonly lastModified: number;
  readonly files: CheckpointFiles;
  readonly #head: Uint8Array<ArrayBuffer>;
  readonly #placed: readonly Placed[];
  readonly #readers = new Map<AnyEncoded, TensorReader>();

  constructor(name: string, tensors: readonly AnyEncoded[], files: CheckpointFiles) {
    const layouts = tensors.map((tensor) => ({
      ...{ name: tensor.storedName, dtype: decodedDtype(tensor), shape: tensor.shape, tensor },
    }));
    const { head, order, bytes } = planSafetensors(layouts);
    let at = head.length;
    this.#placed = order.map((layout) => {
      const start = at;
      at += tensorBytes(layout);
      return { start, end: at, dtype: layout.dtype, tensor: layout.tensor };
    });
    this.name = name;
    this.size = bytes;
    this.files = files;
    this.#head = head;
    const stored = new Set(tensors.flatMap(({ parts }) => Object.values(parts).map(({ file }) => file)));
    this.lastModified = Math.max(0, ...[...stored].map((file) => dateOf(files.get(file) ?? this) ?? 0));
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.#read(start, Math.min(end, this.size)) };
  }

  /** The tensor whose bytes begin at `start`. */
  tensorAt(start: number): AnyEncoded | undefined {
    return this.#placed[this.#firstAfter(start)]?.tensor;
  }

  /** One at a time is read from its files as rows; what was read whole is kept for the next. */
  readerOf(tensor: AnyEncoded): TensorReader {
    const reader = this.#readers.get(tensor) ?? new TensorReader(tensor, this.files);
    this.#readers.delete(tensor);
    this.#readers.set(tensor, reader);
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > KEPT_READERS && oldest) this.#readers.delete(oldest);
    return reader;
  }

  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const whole = new Uint8Array(Math.max(0, end - start));
    if (start < this.#head.length) whole.set(this.#head.subarray(start, end));
    for (let index = this.#firstAfter(start); index < this.#placed.length; index += 1) {
      const placed = this.#placed[index] as Placed;
      if (placed.start >= end) break;
      const from = Math.max(start, placed.start);
      whole.set(
        await this.#part(placed, from - placed.start, Math.min(end, placed.end) - placed.start),
        from - start,
      );
    }
    return whole.buffer;
  }

  /** The first tensor that ends after `position`. */
  #firstAfter(position: number): number {
    let [low, high] = [0, this.#placed.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#placed[middle] as Placed).end > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Bytes `[start, end)` of a tensor; elements that they cut are decoded whole. */
  async #part({ tensor, dtype }: Placed, start: number, end: number): Promise<Uint8Array> {
    if (tensor.codec === 'stored') return this.readerOf(tensor).bytes('values', start, end);
    const size = DTYPE_BYTES[dtype];
    const first = Math.floor(start / size);
    const values = await this.readerOf(tensor).elements(first, Math.ceil(end / size));
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return bytes.subarray(start - first * size, end - first * size);
  }
}

/** What a tensor's values are read as. */
function decodedDtype(tensor: AnyEncoded): Dtype {
  return tensor.codec === 'stored' ? tensor.coding.dtype : 'F32';
}
