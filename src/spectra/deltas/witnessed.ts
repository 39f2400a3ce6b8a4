import type { HashedPart } from '../../checkpoint/whole-hash/part.ts';
import type { WeightWitness } from '../../checkpoint/whole-hash/witness.ts';
import type { CheckpointSet, TensorFamily } from './pairing.ts';
import type { OnRead } from './stored-piece.ts';

/**
 * Lets a task's reads be witnessed.
 *
 * @param roles of the task's pieces, in their order
 * @param work takes `onRead` to the task; undefined where nobody wants to know
 * @returns what it resolves to, once the witness has taken everything
 * @throws NamedError `WeightsChanged`, `SameFingerprint`
 */
export async function witnessed<T>(
  witness: WeightWitness | undefined,
  checkpoints: CheckpointSet,
  { name, entries }: TensorFamily,
  roles: readonly string[],
  work: (onRead?: OnRead) => Promise<T>,
): Promise<T> {
  if (!witness) return work();
  const read: { readonly role: string; readonly part: HashedPart }[] = [];
  const value = await work((piece, part) => read.push({ role: roles[piece] as string, part }));
  for (const { role, part } of read) {
    const [checkpoint, entry] = [checkpoints.get(role), entries.get(role)];
    if (checkpoint && entry)
      await witness.read({ fingerprint: checkpoint.fingerprint, role }, { name, bytes: entry.bytes }, part);
  }
  return value;
}
