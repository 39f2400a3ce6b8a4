/** Long work with a memory: what an earlier run finished is not computed again. */
import { NamedError } from '../named-error.ts';
import type { WorkIdentity } from './identity/work-identity.ts';
import type { Journals } from './journal/journals.ts';
import { anewWhenWeightsChange } from './weights/begin-anew.ts';
import type { LongWork, WorkProgress } from './work.ts';

export interface RunOptions<Record> {
  readonly signal?: AbortSignal;
  onProgress?(progress: WorkProgress): void;
  /** Records of an earlier run, before the work begins. */
  onFinished?(records: ReadonlyMap<string, Record>): void;
  onRecord?(key: string, record: Record): void | Promise<void>;
  /** Told what the journal could not do: the work goes on without. */
  onNotice?(notice: string): void;
}

/**
 * Runs a piece of work with its journal: hands over what earlier runs of the same identity finished, and appends each
 * record as it comes. An interrupted run, whether cancelled, failed or cut off with its page, is resumed by running
 * it again. A storage that fails is told in a notice and does not stop the work. Where weights turn out to be others than
 * those of earlier records, it begins anew (`anewWhenWeightsChange`).
 *
 * @param total records of the whole
 * @throws whatever the work throws, once its records are kept
 */
export function runJournalled<Record, Result>(
  journals: Journals,
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Record>) => Promise<Result>,
  options: RunOptions<Record> = {},
): Promise<Result> {
  return anewWhenWeightsChange(journals.weights, identity, options, ({ signal, witness }) =>
    runOnce(journals, identity, total, (long) => work({ ...long, witness }), { ...options, signal }),
  );
}

async function runOnce<Record, Result>(
  journals: Journals,
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Record>) => Promise<Result>,
  options: RunOptions<Record>,
): Promise<Result> {
  const { signal, onProgress, onFinished, onRecord, onNotice } = options;
  const opened = await journals.open<Record>(identity, total).catch((error: unknown) => {
    onNotice?.(unkept(error));
    return null;
  });
  for (const notice of opened?.notices ?? []) onNotice?.(notice);
  if (opened) onFinished?.(opened.finished);
  let journal = opened?.journal ?? null;
  const giveUp = (error: unknown): void => {
    journal = null;
    onNotice?.(unkept(error));
  };
  try {
    const result = await work({
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(opened ? { finished: opened.finished } : {}),
      onRecord: async (key, record) => {
        try {
          journal?.append(key, record);
        } catch (error) {
          giveUp(error);
        }
        await onRecord?.(key, record);
      },
    });
    await journal?.flush().catch(giveUp);
    if (journal) await journals.complete(identity, total).catch(giveUp);
    return result;
  } catch (error) {
    await journal?.flush().catch(giveUp);
    throw error;
  }
}

function unkept(error: unknown): string {
  const why = error instanceof NamedError ? error.what : String(error);
  return `${why}: the work goes on, and would begin anew after a reload.`;
}
