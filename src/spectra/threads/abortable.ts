import { throwIfCancelled } from '../../checkpoint/in-flight.ts';
import { NamedError } from '../../named-error.ts';

/**
 * As `work`, but rejects with NamedError `Cancelled` as soon as `signal` is aborted; `onAbort` may then end what is
 * under way.
 */
export async function abortable<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
  onAbort?: () => void,
): Promise<T> {
  throwIfCancelled(signal);
  if (!signal) return work();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => {
    reject(new NamedError('Cancelled', 'cancelled', {}, ''));
    onAbort?.();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
