/** A weight file of a merge that is not written anywhere: its bytes are made as they are read. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import type { ComputedDtype } from '../arithmetic/encoding.ts';
import { encode } from '../arithmetic/encoding.ts';
import type { PlannedTensor } from '../plan/plan.ts';
import type { Shard, ShardTensor } from './shards.ts';
import type { DonorFolders } from './tensor-values.ts';
import { computedValues, readSource } from './tensor-values.ts';

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly tensor: PlannedTensor;
}

/**
 * A `ByteSource` over one shard: what it holds unchanged is read from the donors' files, what is computed is computed
 * for the range that was asked. Any range may be read in any order; the bytes are always the same.
 */
export class MergedFile implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #head: Uint8Array<ArrayBuffer>;
  readonly #tensors: readonly Placed[];
  readonly #folders: DonorFolders;

  constructor({ file, plan }: Shard, folders: DonorFolders) {
    this.name = file;
    this.size = plan.bytes;
    this.#head = plan.head;
    this.#tensors = place(plan.order, plan.head.length);
    this.#folders = folders;
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.#read(start, Math.min(end, this.size)) };
  }

  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const pieces: { readonly at: number; readonly bytes: Promise<Uint8Array> }[] = [];
    if (start < this.#head.length) {
      pieces.push({ at: 0, bytes: Promise.resolve(this.#head.subarray(start, end)) });
    }
    for (let i = this.#firstAfter(start); i < this.#tensors.length; i += 1) {
      const placed = this.#tensors[i] as Placed;
      if (placed.start >= end) break;
      const from = Math.max(start, placed.start);
      const bytes = this.#part(placed.tensor, from - placed.start, Math.min(end, placed.end) - placed.start);
      pieces.push({ at: from - start, bytes });
    }
    const [only] = pieces;
    if (pieces.length === 1 && only) {
      const bytes = await only.bytes;
      return bytes.byteLength === bytes.buffer.byteLength
        ? (bytes.buffer as ArrayBuffer)
        : (bytes.slice().buffer as ArrayBuffer);
    }
    const whole = new Uint8Array(end - start);
    await Promise.all(pieces.map(async ({ at, bytes }) => whole.set(await bytes, at)));
    return whole.buffer;
  }

  /** The first tensor that ends after `position`. */
  #firstAfter(position: number): number {
    let [low, high] = [0, this.#tensors.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tensors[middle] as Placed).end > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Bytes `[start, end)` of a tensor; of a computed one the elements they cut are computed whole. */
  async #part({ name, dtype, operation }: PlannedTensor, start: number, end: number): Promise<Uint8Array> {
    if (operation.kind === 'copy') return readSource(operation.from, this.#folders, { start, end });
    const size = DTYPE_BYTES[dtype];
    const first = Math.floor(start / size);
    const values = await computedValues(operation, this.#folders, first, Math.ceil(end / size));
    return encode(values, dtype as ComputedDtype, name).subarray(start - first * size, end - first * size);
  }
}

function place(order: readonly ShardTensor[], headBytes: number): readonly Placed[] {
  let at = headBytes;
  return order.map(({ tensor }) => {
    const start = at;
    at += tensor.bytes;
    return { start, end: at, tensor };
  });
}

/**
 * The shard as one `File` of slices of the donors' own files, where nothing in it is computed and those are files of
 * the browser: it costs nothing, and goes to any worker. Null otherwise.
 */
export function splicedFile({ file, plan }: Shard, folders: DonorFolders): File | null {
  const parts: Blob[] = [];
  for (const { tensor } of plan.order) {
    const { operation } = tensor;
    const { donor, entry } = operation.from;
    const source = folders.get(donor)?.get(entry.file);
    if (operation.kind !== 'copy' || !(source instanceof Blob)) return null;
    parts.push((source as Blob).slice(entry.start, entry.end));
  }
  const spliced = new File([plan.head, ...parts], file);
  // A slice past the end of a file that was cut short is silently shorter; reading it by range says so.
  return spliced.size === plan.bytes ? spliced : null;
}
