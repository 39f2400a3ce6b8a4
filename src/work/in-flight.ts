import { throwIfCancelled } from './cancel.ts';

/** Reads kept going at once: one at a time reaches half of what a disk gives a browser, four nearly all of it. */
export const READS_IN_FLIGHT = 4;

/**
 * Maps items with at most `limit` calls under way; results in the order of the items. After a failure or
 * an abort nothing new is started.
 *
 * @throws NamedError `Cancelled` once `signal` is aborted, else whatever the first failing call threw.
 */
export async function mapInFlight<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  signal?: AbortSignal,
  limit = READS_IN_FLIGHT,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [position, item] of queue) {
      if (failed) return;
      throwIfCancelled(signal);
      try {
        results[position] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
