/** A kept copy in the making: writes what the loader writes, and describes it once it is whole. */
import type { WeightDtype } from '../protocol/device.ts';
import { checksum } from './checksum.ts';
import type { KeptFiles } from './kept-files.ts';
import type { CopySource, KeptPiece, KeptSlot } from './kept-manifest.ts';
import { PIECE_BYTES, describeCopy, layOut } from './kept-manifest.ts';
import type { WeightKeeper } from './kept.ts';
import type { LoadReport, WriteTap } from './load.ts';
import type { PlannedWeight } from './plan.ts';
import { NamedError } from '../../named-error.ts';
import { plainReason } from '../../plain-reason.ts';

export interface KeeperOptions {
  readonly key: string;
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly plan: readonly PlannedWeight[];
  readonly dates: CopySource['dates'];
  /** Told why a copy was given up. */
  readonly onGivenUp: (reason: string) => void;
}

/** Storage that fails is no failure of the load: nothing here throws. */
export class OpfsKeeper implements WeightKeeper {
  readonly #files: KeptFiles;
  readonly #options: KeeperOptions;
  readonly #slots: ReadonlyMap<string, KeptSlot>;
  readonly #pieces = new Map<string, KeptPiece[]>();
  /** null once the copy is finished or given up. */
  #data: FileSystemSyncAccessHandle | null;

  /** @param data the open data file, empty */
  constructor(files: KeptFiles, data: FileSystemSyncAccessHandle, options: KeeperOptions) {
    this.#files = files;
    this.#data = data;
    this.#options = options;
    this.#slots = new Map(layOut(options.plan).slots.map((slot) => [slot.name, slot]));
  }

  readonly write: WriteTap = (slot, byteOffset, bytes) => {
    try {
      for (let at = 0; at < bytes.length && this.#data; at += PIECE_BYTES) {
        this.#writePiece(this.#data, slot, byteOffset + at, bytes.subarray(at, at + PIECE_BYTES));
      }
    } catch (error) {
      this.#giveUp(error);
    }
  };

  async commit(report: LoadReport): Promise<void> {
    const { key, name, dtype, plan, dates } = this.#options;
    try {
      if (this.#data) {
        const source = { dates, hashes: Object.fromEntries(report.hashes) };
        const manifest = describeCopy(plan, this.#pieces, { name, dtype, error: report.error, source });
        if (!manifest) throw new RangeError('not every array was written');
        this.#data.flush();
        await this.#files.writeManifest(key, manifest);
        this.#close();
        return;
      }
    } catch (error) {
      this.#giveUp(error);
    }
    await this.discard();
  }

  async discard(): Promise<void> {
    this.#close();
    // What cannot be removed now has no manifest, or no data, and goes when copies are listed.
    await this.#files.remove(this.#options.key).catch(() => undefined);
  }

  #writePiece(data: FileSystemSyncAccessHandle, name: string, offset: number, bytes: Uint8Array): void {
    const slot = this.#slots.get(name);
    if (!slot) throw new RangeError(`${name} is not planned`);
    const written = data.write(bytes as Uint8Array<ArrayBuffer>, { at: slot.offset + offset });
    if (written !== bytes.length) throw new NamedError('StorageFull', 'the storage is full', {}, 'make room');
    const pieces = this.#pieces.get(name) ?? [];
    pieces.push([offset, bytes.length, checksum(bytes)]);
    this.#pieces.set(name, pieces);
  }

  #giveUp(error: unknown): void {
    this.#close();
    this.#options.onGivenUp(plainReason(error));
  }

  #close(): void {
    try {
      this.#data?.close();
    } finally {
      this.#data = null;
    }
  }
}
