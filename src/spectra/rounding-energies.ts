/** What rounding cost the checkpoints that store a tensor rounded, asked of the threads (docs/method.md §5.1). */
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { roundedRows } from './deltas/rounded-rows.ts';
import type { CheckpointSet, TensorFamily } from './deltas/pairing.ts';
import { storedPiece } from './deltas/stored-piece.ts';
import type { SpectraThreads } from './threads/spectra-threads.ts';

/**
 * By checkpoint, in the order of the rows, so that sums do not depend on which came first: one number for each stored row, or for
 * each run of rows that was read. Checkpoints that store the tensor plainly, or that rounding cost nothing, are left out.
 *
 * @throws NamedError those of reading; `Cancelled`
 */
export async function roundingEnergies(
  checkpoints: CheckpointSet,
  { entries, first, elements }: TensorFamily,
  { roles, of }: { readonly roles: readonly string[]; readonly of: 'row' | 'all' },
  threads: SpectraThreads,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const asked = roles.map(async (role) => {
    const entry = entries.get(role) as TensorEntry;
    const whole = storedPiece(checkpoints.get(role) as Checkpoint, entry, first, elements);
    const found = roundedRows(whole).map((piece) => threads.roundingEnergy(piece, of, signal));
    return [role, (await Promise.all(found)).flatMap((energies) => [...energies])] as const;
  });
  return new Map((await Promise.all(asked)).filter(([, energies]) => energies.some((energy) => energy > 0)));
}
