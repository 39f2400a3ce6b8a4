/** Cancelled work: what it rejects with, and how it notices. */
import { NamedError } from '../named-error.ts';

const CANCELLED = 'Cancelled';

/** What cancelled work rejects with. */
export function cancelled(): NamedError {
  return new NamedError(CANCELLED, 'cancelled', {}, '');
}

/** Whether an error says that work was cancelled, wherever it was thrown. */
export function isCancelled(error: unknown): boolean {
  return error instanceof NamedError && error.name === CANCELLED;
}

/** @throws NamedError `Cancelled` once `signal` is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}

/**
 * As `work`, but rejects with NamedError `Cancelled` as soon as `signal` is aborted, however long the work still takes; `onAbort`
 * may then end what is under way.
 */
export async function abortable<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
  onAbort?: () => void,
): Promise<T> {
  throwIfCancelled(signal);
  if (!signal) return work();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(cancelled());
      onAbort?.();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
