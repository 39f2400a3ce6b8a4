/** Hashes donors' tensors as a merge reads them, for whoever remembers what they held. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import type { TensorEntry } from '../../checkpoint/checkpoint.ts';
import { hashPart } from '../../checkpoint/whole-hash/part.ts';
import { TensorHash } from '../../checkpoint/whole-hash/tensor-hash.ts';
import type { MergePlan } from '../plan/plan.ts';
import type { DonorName } from '../recipe/recipe.ts';
import type { DonorFolders } from './tensor-values.ts';

/** By donor, the hashes (`TensorHash`) of tensors by canonical name. */
export type ReadHashes = Readonly<Record<DonorName, Readonly<Record<string, string>>>>;

/** A tensor that is read in the order of its bytes. */
interface ReadTensor {
  readonly entry: TensorEntry;
  readonly hash: TensorHash;
  /** Bytes of it that are read or being read. */
  seen: number;
}

export class HashedReading {
  /** The donors' folders: whatever is read of weights that the plan takes is hashed before it is handed over. */
  readonly folders: DonorFolders;
  readonly #whole = new Map<DonorName, Map<string, string>>();

  constructor({ tensors }: MergePlan, folders: DonorFolders) {
    const used = new Map<DonorName, Map<string, TensorEntry>>();
    for (const { operation } of tensors) {
      const sources = [
        operation.from,
        ...(operation.kind === 'compute' && operation.mix ? [operation.mix.with] : []),
      ];
      for (const { donor, entry } of sources) {
        const own = used.get(donor) ?? new Map<string, TensorEntry>();
        used.set(donor, own.set(entry.name, entry));
      }
    }
    this.folders = new Map(
      [...folders].map(([donor, files]) => {
        const entries = [...(used.get(donor)?.values() ?? [])];
        const hashed = [...files].map(([name, source]): [string, ByteSource] => {
          const own = entries.filter(({ file }) => file === name);
          return [name, own.length === 0 ? source : this.#hashed(donor, source, own)];
        });
        return [donor, new Map(hashed)];
      }),
    );
  }

  /** Tensors that were read whole since this was last asked. */
  take(): ReadHashes {
    const taken = Object.fromEntries(
      [...this.#whole].map(([donor, hashes]) => [donor, Object.fromEntries(hashes)]),
    );
    this.#whole.clear();
    return taken;
  }

  #hashed(donor: DonorName, source: ByteSource, entries: readonly TensorEntry[]): ByteSource {
    const tensors = entries.map((entry): ReadTensor => ({
      entry,
      hash: new TensorHash(entry.bytes),
      seen: 0,
    }));
    return {
      ...{ name: source.name, size: source.size },
      slice: (start, end) => ({
        arrayBuffer: async () => {
          // Claimed before the read begins: pieces that cut an element are read with it twice, and hashed once.
          const claimed = tensors.flatMap((tensor) => claim(tensor, start, end));
          const buffer = await source.slice(start, end).arrayBuffer();
          // One that is short is refused by whoever reads.
          if (buffer.byteLength !== end - start) return buffer;
          const bytes = new Uint8Array(buffer);
          // Awaited, so that a disk that is faster than the hash does not pile up copies.
          await Promise.all(
            claimed.map(async ({ tensor: { entry, hash }, from, to }) => {
              const first = entry.start + from - start;
              const place = { start: from, tensorBytes: entry.bytes };
              const whole = await hash.add(await hashPart(bytes.subarray(first, first + to - from), place));
              if (whole !== null) this.#note(donor, entry.name, whole);
            }),
          );
          return buffer;
        },
      }),
    };
  }

  #note(donor: DonorName, tensor: string, hash: string): void {
    const own = this.#whole.get(donor) ?? new Map<string, string>();
    this.#whole.set(donor, own.set(tensor, hash));
  }
}

/** The bytes `[from, to)` of a tensor that a read of `[start, end)` of its file is the first to see. */
function claim(
  tensor: ReadTensor,
  start: number,
  end: number,
): { readonly tensor: ReadTensor; readonly from: number; readonly to: number }[] {
  const from = Math.max(tensor.seen, start - tensor.entry.start);
  const to = Math.min(tensor.entry.bytes, end - tensor.entry.start);
  // What skips bytes is no reading from the first to the last: such a tensor is never whole.
  if (to <= from || from > tensor.seen) return [];
  tensor.seen = to;
  return [{ tensor, from, to }];
}
