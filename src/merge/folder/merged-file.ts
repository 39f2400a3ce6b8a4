/** A weight file of a merge that is not written anywhere: its bytes are made as they are read. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import type { ComputedDtype } from '../arithmetic/encoding.ts';
import { encode } from '../arithmetic/encoding.ts';
import type { PlannedTensor } from '../plan/plan.ts';
import type { Shard } from './shards.ts';
import type { DonorFolders } from './tensor-values.ts';
import { computedValues, readSource } from './tensor-values.ts';

/** What lies in a file behind its head, one after the other. */
export interface FilePiece {
  readonly bytes: number;
  /** Bytes `[start, end)` of it. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly piece: FilePiece;
}

/** A `ByteSource` over a head and pieces that are read when they are asked for. Any range may be read in any order; the bytes are always the same. */
export class MergedFile implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #head: Uint8Array<ArrayBuffer>;
  readonly #placed: readonly Placed[];

  constructor(name: string, head: Uint8Array<ArrayBuffer>, pieces: readonly FilePiece[]) {
    let at = head.length;
    this.#placed = pieces.map((piece) => {
      const start = at;
      at += piece.bytes;
      return { start, end: at, piece };
    });
    this.name = name;
    this.size = at;
    this.#head = head;
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.#read(start, Math.min(end, this.size)) };
  }

  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const pieces: { readonly at: number; readonly bytes: Promise<Uint8Array> }[] = [];
    if (start < this.#head.length) {
      pieces.push({ at: 0, bytes: Promise.resolve(this.#head.subarray(start, end)) });
    }
    for (let i = this.#firstAfter(start); i < this.#placed.length; i += 1) {
      const placed = this.#placed[i] as Placed;
      if (placed.start >= end) break;
      const from = Math.max(start, placed.start);
      const bytes = placed.piece.read(from - placed.start, Math.min(end, placed.end) - placed.start);
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

  /** The first piece that ends after `position`. */
  #firstAfter(position: number): number {
    let [low, high] = [0, this.#placed.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#placed[middle] as Placed).end > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The shard as a file: what it holds unchanged is read from the donors' files, what is computed is computed for the range that was asked. */
export function mergedFile({ file, plan }: Shard, folders: DonorFolders): MergedFile {
  const pieces = plan.order.map(({ tensor }) => plannedPiece(tensor, folders));
  return new MergedFile(file, plan.head, pieces);
}

/** The bytes of a tensor; of a computed one the elements that a range cuts are computed whole. */
export function plannedPiece(
  { name, dtype, bytes, operation }: PlannedTensor,
  folders: DonorFolders,
): FilePiece {
  const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    if (operation.kind === 'copy') return readSource(operation.from, folders, { start, end });
    const size = DTYPE_BYTES[dtype];
    const first = Math.floor(start / size);
    const values = await computedValues(operation, folders, first, Math.ceil(end / size));
    return encode(values, dtype as ComputedDtype, name).subarray(start - first * size, end - first * size);
  };
  return { bytes, read };
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
