/** What a storage that fails is called, and why it did, as a person reads it. */
import { NamedError } from '../../named-error.ts';

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
    `results cannot be kept (${reason(cause)})`,
    {},
    'make room, or delete kept results',
    { cause },
  );
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'QuotaExceededError') return 'this browser gives the page no more room';
  return cause.message;
}
