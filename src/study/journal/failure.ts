/** What a storage that fails is called, and why it did, as a person reads it. */
import { NamedError } from '../../named-error.ts';
import { plainReason } from '../../plain-reason.ts';

/** @throws NamedError `JournalFailed` for whatever the storage throws */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw journalFailed(error);
  }
}

export function journalFailed(cause: unknown): NamedError {
  if (cause instanceof NamedError) return cause;
  return new NamedError(
    'JournalFailed',
    `results cannot be kept (${plainReason(cause)})`,
    {},
    'make room, or delete kept results',
    { cause },
  );
}
