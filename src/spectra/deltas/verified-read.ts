import type { HashedPart } from '../../checkpoint/whole-hash/part.ts';
import type { WeightVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import type { CheckpointSet, TensorFamily } from './pairing.ts';
import type { OnRead } from './stored-piece.ts';

/**
 * Has a task's reads verified.
 *
 * @param roles of the task's pieces, in their order
 * @param work takes `onRead` to the task; undefined where nobody wants to know
 * @returns what it resolves to, once the verifier has taken everything
 * @throws NamedError `WeightsChanged`, `SameFingerprint`
 */
export async function verifiedRead<T>(
  verifier: WeightVerifier | undefined,
  checkpoints: CheckpointSet,
  { name, entries }: TensorFamily,
  roles: readonly string[],
  work: (onRead?: OnRead) => Promise<T>,
): Promise<T> {
  if (!verifier) return work();
  const read: { readonly role: string; readonly part: HashedPart }[] = [];
  const value = await work((piece, part) => read.push({ role: roles[piece] as string, part }));
  for (const { role, part } of read) {
    const [checkpoint, entry] = [checkpoints.get(role), entries.get(role)];
    if (checkpoint && entry)
      await verifier.read({ fingerprint: checkpoint.fingerprint, role }, { name, bytes: entry.bytes }, part);
  }
  return value;
}
