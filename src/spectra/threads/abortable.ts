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
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new NamedError('Cancelled', 'cancelled', {}, ''));
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
