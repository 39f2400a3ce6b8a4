/** Puts what a journal file holds beside what is kept here of the same work. */
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import { joinedBytes } from '../../work/bytes.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import { modulesOf } from '../../work/modules.ts';
import { DESCRIPTION, readDescription, type Description } from './description.ts';
import { guarded } from './failure.ts';
import { ended, LONGEST_LINE } from './journal-file.ts';
import { bytesOf, headIn, type JournalHead } from './journal-head.ts';
import { lineBatches, type StreamedLine } from './line-stream.ts';
import { lineOf, valueOf } from './lines.ts';
import { isNote, keyOfRecord, readRecords, recordPlace, RECORDS } from './records.ts';
import { ANYTHING, shapeOf } from './shapes.ts';
import { takeShown } from './shown-part.ts';
import type { TakenOver } from './taken-text.ts';
import type { WeightsLedger } from '../weights/ledger.ts';
import type { JournalStorage } from './storage.ts';
import { takeWeights } from './weights-lines.ts';

export { type TakenOver, takenText } from './taken-text.ts';

/** The largest evaluations have a tenth of it, and as many keys are held at once. */
const MOST_RECORDS = 1_000_000;
/** One for each analysis and way of asking; each is as long as a record may be. */
const MOST_SHOWN = 100;

export interface TakeOverOptions {
  readonly signal?: AbortSignal;
  onProgress?(progress: WorkProgress): void;
}

/**
 * Adds the records of a journal file to the journal of the same key, which may be there or not. Nothing that is here is changed; a
 * line that is not whole, or no record of its kind, is left out. Where it breaks off, what was added stays, and the same file may be
 * taken over again.
 *
 * @throws NamedError `JournalFailed`, `JournalTooLarge`, `OtherWeights`, `FileUnreadable`; the signal's reason
 */
export async function takeOver(
  storage: JournalStorage,
  ledger: WeightsLedger,
  file: File,
  { key, description }: JournalHead,
  { signal, onProgress }: TakeOverOptions = {},
): Promise<TakenOver> {
  const shape = shapeOf(description.kind) ?? ANYTHING;
  const here = (await readRecords(storage, key, shape)).finished;
  const own = await readDescription(storage, key);
  const [added, known, conflicts] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const damaged: number[] = [];
  let last = description;
  let described = own.last !== null;
  let shown = 0;

  /** Before any record, lest records of other weights are there by then. */
  const isOfWeights = async (line: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    added.size === 0 && (await takeWeights(ledger, key, description, line, file.name));

  const describe = async (): Promise<void> => {
    if (!described) await describeAs(storage, key, description);
    described = true;
  };

  const isOfShowing = async (line: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    if (shown === MOST_SHOWN || !(await takeShown(storage, key, line, describe))) return false;
    shown += 1;
    return true;
  };

  /** Whether the line is to be added. */
  const take = async ({ bytes, number }: StreamedLine, value: unknown): Promise<boolean> => {
    const name = keyOfRecord(shape, value);
    if (name === null) {
      const head = bytes && (await headIn(bytes));
      if (head?.key === key) last = head.description;
      else if (!isNote(value) && !(bytes && ((await isOfWeights(bytes)) || (await isOfShowing(bytes)))))
        damaged.push(number);
      return false;
    }
    const record = here.get(name);
    if (record === undefined) added.add(name);
    else (saysTheSame(record, (value as { record: unknown }).record) ? known : conflicts).add(name);
    return record === undefined;
  };

  for await (const batch of lineBatches(bytesOf(file), LONGEST_LINE)) {
    signal?.throwIfAborted();
    const values = await Promise.all(
      batch.map(({ bytes }) => (bytes ? valueOf(recordPlace(key), bytes) : undefined)),
    );
    const lines: Uint8Array[] = [];
    for (const [index, line] of batch.entries())
      if ((await take(line, values[index])) && line.bytes) lines.push(ended(line.bytes));
    if (added.size + damaged.length > MOST_RECORDS) throw tooMany(file.name);
    await describe();
    if (lines.length > 0) await guarded(() => storage.append(key, RECORDS, joinedBytes(lines)));
    const done = batch.at(-1)?.behind ?? 0;
    onProgress?.({ phase: 'reading the journal', done, total: file.size, unit: 'bytes' });
  }
  const completes = last.complete && !(own.last?.complete === true && own.last.total === last.total);
  if (completes) await describeAs(storage, key, last);
  const { title, build, modules, kind } = description;
  return {
    ...{ key, title, build, current: modules === modulesOf(kind) },
    ...{ added: added.size, known: known.size, conflicts: [...conflicts], damaged },
  };
}

/** The same description in the journal here. The command that goes on with it names files of the machine that it was begun on. */
async function describeAs(
  storage: JournalStorage,
  key: string,
  { again: _, ...description }: Description,
): Promise<void> {
  const line = await lineOf(`${key}/${DESCRIPTION}`, JSON.stringify(description));
  await guarded(() => storage.append(key, DESCRIPTION, new TextEncoder().encode(line)));
}

function saysTheSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

function tooMany(file: string): NamedError {
  return new NamedError(
    'JournalTooLarge',
    `the file has more than ${MOST_RECORDS} records`,
    { file },
    'give the journal of one piece of work',
  );
}
