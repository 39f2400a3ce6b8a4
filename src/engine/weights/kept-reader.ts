/** Streams a kept copy to the device, every byte held against its checksum. */
import type { WeightArrays } from './arrays.ts';
import { checksum } from './checksum.ts';
import type { FilledSlot, KeptManifest } from './kept-manifest.ts';
import { PIECE_BYTES } from './kept-manifest.ts';
import type { RestoreOptions } from './kept.ts';
import type { LoadReport } from './load.ts';
import type { PlannedWeight } from './plan.ts';
import { progressMeter } from './progress.ts';
import { plainReason } from '../../plain-reason.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import { yieldToEvents } from '../../work/turns.ts';

/** Longest stretch of synchronous reading before messages (a cancel among them) are let in. */
const YIELD_EVERY_MS = 20;

/** A copy that cannot be read as it was written. */
export class Damaged extends Error {}

/**
 * Writes what `data` holds to `arrays`, which it also allocates. `bytesRead` of the report counts the copy's bytes.
 *
 * @param manifest one that fits `plan`
 * @throws Damaged with the array's name; NamedError `Cancelled`, and those of `arrays.allocate`.
 */
export async function readCopy(
  data: FileSystemSyncAccessHandle,
  manifest: KeptManifest,
  plan: readonly PlannedWeight[],
  arrays: WeightArrays,
  { signal, onProgress }: RestoreOptions,
): Promise<LoadReport> {
  if (data.getSize() !== manifest.bytes) {
    throw new Damaged(`${data.getSize()} of ${manifest.bytes} bytes are left`);
  }
  const bytesRead = manifest.slots.reduce((sum, { bytes }) => sum + bytes, 0);
  const meter = progressMeter('reading', bytesRead, onProgress);
  const kept = new Map(manifest.slots.map((slot) => [slot.name, slot]));
  // One buffer for all, where `arrays.write` copies; constants are read where they stay.
  const buffer = new Uint8Array(arrays.areConstants ? 0 : Math.min(PIECE_BYTES, manifest.bytes));
  let yielded = performance.now();
  for (const { tensor, slots } of plan) {
    for (const planned of slots) {
      await arrays.allocate(planned);
      const slot = kept.get(planned.name) as FilledSlot;
      for (const piece of slot.pieces) {
        throwIfCancelled(signal);
        const [offset, length] = piece;
        if (arrays.areConstants) {
          readPiece(data, slot, piece, arrays.constant(planned.name).subarray(offset, offset + length));
        } else {
          const bytes = buffer.subarray(0, length);
          readPiece(data, slot, piece, bytes);
          arrays.write(planned.name, offset, bytes);
        }
        meter(length, tensor);
        if (performance.now() - yielded < YIELD_EVERY_MS) continue;
        await yieldToEvents();
        yielded = performance.now();
      }
    }
  }
  throwIfCancelled(signal);
  return { bytesRead, error: manifest.error, hashes: new Map(Object.entries(manifest.source.hashes)) };
}

/** @param bytes as many as the piece has, to which it is read */
function readPiece(
  data: FileSystemSyncAccessHandle,
  slot: FilledSlot,
  [offset, , sum]: FilledSlot['pieces'][number],
  bytes: Uint8Array,
): void {
  let read: number;
  try {
    read = data.read(bytes as Uint8Array<ArrayBuffer>, { at: slot.offset + offset });
  } catch (error) {
    throw new Damaged(`${slot.name} cannot be read: ${plainReason(error)}`);
  }
  if (read !== bytes.length || checksum(bytes) !== sum) throw new Damaged(`${slot.name} has changed`);
}
