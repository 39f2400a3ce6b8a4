/** What a storage that fails is called, and why it did, as a person reads it. */
import { NamedError } from '../../named-error.ts';
import { plainReason } from '../../plain-reason.ts';

/** @throws NamedError `JournalFailed` for whatever the storage throws */
export async function guarded<T>(work: () => Promise<T>, failing?: Failing): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw journalFailed(error, failing);
  }
}

/** What a storage cannot do. */
export type Failing = 'results cannot be kept' | 'kept results cannot be read';

export function journalFailed(cause: unknown, failing: Failing = 'results cannot be kept'): NamedError {
  if (cause instanceof NamedError) return cause;
  return new NamedError(
    'JournalFailed',
    `${failing} (${plainReason(cause)})`,
    {},
    'make room, or delete kept results',
    { cause },
  );
}
