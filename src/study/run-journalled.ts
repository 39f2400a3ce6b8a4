/** Long work with a memory: what an earlier run finished is not computed again. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { NamedError } from '../named-error.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import { journalFailed } from './journal/failure.ts';
import { unkept } from './journal/journal.ts';
import type { Journals } from './journal/journals.ts';
import { restartWhenWeightsChange } from './weights/restart-when-changed.ts';
import type { LongWork, WorkProgress } from '../work/long-work.ts';

export interface RunOptions<Record> {
  readonly signal?: AbortSignal;
  onProgress?(progress: WorkProgress): void;
  /** Records of an earlier run, before the work begins. */
  onFinished?(records: ReadonlyMap<string, Record>): void;
  onRecord?(key: string, record: Record): void | Promise<void>;
  /** Told what the journal could not do, and of damage in it: the work goes on. */
  onNotice?(notice: string): void;
}

/**
 * Runs a piece of work with its journal: hands over what earlier runs of the same identity finished, and appends each
 * record as it comes. An interrupted run, whether cancelled, failed or cut off with its page, is resumed by running
 * it again. A storage that fails is told in a notice and does not stop the work; it is asked again later. Where weights turn
 * out to be others than those of earlier records, it begins anew (`restartWhenWeightsChange`).
 *
 * @param total records of the whole
 * @throws whatever the work throws, once its records are kept
 */
export function runJournalled<Record, Result>(
  journals: Journals,
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Record> & WithVerifier) => Promise<Result>,
  options: RunOptions<Record> = {},
): Promise<Result> {
  return restartWhenWeightsChange(journals.weights, identity, options, ({ signal, verifier }) =>
    runOnce(journals, identity, total, (long) => work({ ...long, verifier }), { ...options, signal }),
  );
}

async function runOnce<Record, Result>(
  journals: Journals,
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Record> & WithVerifier) => Promise<Result>,
  options: RunOptions<Record>,
): Promise<Result> {
  const { signal, onProgress, onFinished, onRecord, onNotice } = options;
  const failed = (error: unknown): null => {
    onNotice?.(unkept(journalFailed(error)));
    return null;
  };
  // Without its lock a page runs as one alone does.
  const claim = await journals.claim(identity).catch(() => () => undefined);
  if (!claim)
    onNotice?.(
      'The same work is under way in another tab of this browser: both go on, and both compute all of it. Cancel one of them.',
    );
  try {
    const opened = await journals.open<Record>(identity, total, onNotice).catch(failed);
    for (const notice of opened?.notices ?? []) onNotice?.(notice);
    if (opened) onFinished?.(opened.finished);
    const journal = opened?.journal;
    // The journal told already what it could not keep.
    const flushed = async (): Promise<boolean> =>
      journal === undefined
        ? false
        : journal.flush().then(
            () => true,
            (_: NamedError) => false,
          );
    let result: Result;
    try {
      result = await work({
        ...(signal ? { signal } : {}),
        ...(onProgress ? { onProgress } : {}),
        ...(onNotice ? { onNotice } : {}),
        ...(opened ? { finished: opened.finished } : {}),
        onRecord: async (key, record) => {
          await journal?.append(key, record);
          await onRecord?.(key, record);
        },
      });
    } catch (error) {
      await flushed();
      throw error;
    }
    if (await flushed()) await journals.complete(identity, total).catch(failed);
    return result;
  } finally {
    claim?.();
  }
}
