import { NamedError } from '../named-error.ts';
import { cancelled, throwIfCancelled } from '../work/cancel.ts';
import type { LongWork } from '../work/long-work.ts';
import { resume } from '../work/resume.ts';

/** So many failures in a row mean that nobody answers. */
const GIVE_UP_AFTER = 3;

/**
 * Asks a service about every item that has no record yet, each once, up to `limit` at a time.
 *
 * @param lacking what an item is without a record: "questions have no answer"
 * @returns records by key
 * @throws NamedError `Cancelled`, those of `ask`; `RemoteUnavailable` with how many lack a record: the others are kept
 */
export async function askInParallel<Item, Record>(
  items: ReadonlyMap<string, Item>,
  limit: number,
  ask: (item: Item, signal: AbortSignal) => Promise<Record>,
  work: LongWork<Record>,
  { phase, lacking }: { readonly phase: string; readonly lacking: string },
): Promise<ReadonlyMap<string, Record>> {
  const { records, left, add } = resume([...items], ([key]) => key, work, { phase, unit: 'answers' });
  const one = async ([key, item]: readonly [string, Item], stop: AbortSignal): Promise<void> =>
    add(key, await ask(item, stop));
  const failures = await inParallel(left, limit, one, work.signal);
  const [first] = failures;
  if (!first) return records;
  const what = `${failures.length} of ${items.size} ${lacking}; the first: ${first.what}`;
  throw new NamedError('RemoteUnavailable', what, {}, first.remedy, { cause: first });
}

/**
 * Works on `items`, up to `limit` at a time, in their order. An item whose service gives up on it
 * (`RemoteUnavailable`) is left out and the others go on, unless several in a row fail; any other error ends all
 * at once.
 *
 * @returns the errors of items left out, in the order they came
 * @throws NamedError `Cancelled`, and those of `work`
 */
async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<readonly NamedError[]> {
  const own = new AbortController();
  const both = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
  const left = items.values();
  const failures: NamedError[] = [];
  let inARow = 0;
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (both.aborted) throw cancelled();
      try {
        await work(item, both);
        inARow = 0;
      } catch (error) {
        if (!(error instanceof NamedError) || error.name !== 'RemoteUnavailable') throw error;
        inARow += 1;
        if (inARow >= GIVE_UP_AFTER) throw error;
        failures.push(error);
      }
    }
  };
  let first: { readonly error: unknown } | undefined;
  const lanes = Array.from({ length: Math.max(1, limit) }, () =>
    lane().catch((error: unknown) => {
      first ??= { error };
      own.abort();
    }),
  );
  await Promise.all(lanes);
  throwIfCancelled(signal);
  if (first) throw first.error;
  return failures;
}
