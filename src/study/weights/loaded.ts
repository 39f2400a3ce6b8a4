import type { EngineApi } from '../../engine/protocol.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import { isOfCheckpoint } from '../../engine/weights/kept.ts';
import type { WeightsMemory } from '../../merge/export.ts';
import type { LoadedFolder, WeightsWatch } from './watch.ts';

/**
 * Holds what a load read against what was known of the checkpoint. Results that were computed from other weights are withdrawn
 * before anything is run with these.
 *
 * @param beside what is loaded already
 * @returns the model without the hashes, and with a notice where something was withdrawn
 * @throws NamedError `SameFingerprint` where it cannot be told from one of those beside it, and differs
 */
export async function noteLoaded(
  watch: WeightsWatch,
  checkpoint: LoadedFolder,
  { hashes = {}, ...model }: LoadedModel,
  beside: readonly LoadedFolder[],
): Promise<LoadedModel> {
  const read = new Map(Object.entries(hashes));
  watch.tellApart(checkpoint, read, beside);
  // A kept copy says what its files held when it was made; of these nothing was read.
  if (model.fromStorage) return model;
  const withdrawal = await watch.note(checkpoint.fingerprint, read);
  return withdrawal ? { ...model, notices: [...(model.notices ?? []), withdrawal.sentence] } : model;
}

/** Deletes kept converted weights together with results: they were converted from what the checkpoint held before. */
export function withdrawCopies(
  watch: WeightsWatch,
  engine: Pick<EngineApi, 'storedWeights' | 'deleteStoredWeights'>,
): void {
  watch.onWithdrawn(({ fingerprint }) => {
    const remove = async (): Promise<void> => {
      const copies = (await engine.storedWeights()).filter(({ key }) => isOfCheckpoint(key, fingerprint));
      await Promise.all(copies.map(({ key }) => engine.deleteStoredWeights(key)));
    };
    // One that another tab is loading stays until it is replaced.
    void remove().catch(() => undefined);
  });
}

/** What an export of a merge asks and tells of the weights that it reads. */
export function mergeMemory(watch: WeightsWatch): WeightsMemory {
  return {
    known: (fingerprint) => watch.known(fingerprint),
    note: async (fingerprint, hashes) => (await watch.note(fingerprint, hashes))?.sentence ?? null,
  };
}
