/**
 * A journal as one file, to be gone on with and shown elsewhere: the lines of its description, what is known of the weights, what showing it
 * takes, the records, and the last description once more, so that a file that is damaged at its beginning can be read, too. Each line is that of the journal, checksum included: it holds for
 * the place `KEY/FILE` that it stood in, and the key follows from the description.
 */
import { NamedError } from '../../named-error.ts';
import { joinedBytes } from '../../work/bytes.ts';
import { keyOfModules } from '../../identity/work-identity.ts';
import type { Description } from './description.ts';
import { DESCRIPTION, isDescription } from './description.ts';
import { guarded } from './failure.ts';
import { lineBatches } from './line-stream.ts';
import { readLines, valueOf } from './lines.ts';
import { keyOfRecord, recordPlace, RECORDS } from './records.ts';
import { ANYTHING } from './shapes.ts';
import { shownLines } from './shown-part.ts';
import type { WeightsLedger } from '../weights/ledger.ts';
import { NEWLINE, type JournalStorage } from './storage.ts';
import { weightsLines } from './weights-lines.ts';

export { isJournalFile } from './journal-name.ts';

/** "swap-1a2b3c4d.journal.jsonl". */
export function journalFileName({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind}-${key.slice(0, 8)}.journal.jsonl`;
}

/** A line that is longer is no record: the longest answers of the longest sweeps are some hundred kilobytes. */
export const LONGEST_LINE = 16 * 2 ** 20;

/**
 * The file's bytes, piece by piece; what is damaged in the journal is left out of it.
 *
 * @throws NamedError `JournalFailed` where the storage cannot be read; `JournalDamaged` where no description is whole
 */
export async function* journalFile(
  storage: JournalStorage,
  ledger: WeightsLedger,
  key: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const descriptions = await descriptionLines(storage, key);
  const last = descriptions.at(-1);
  if (!last) throw undescribed(key);
  yield* descriptions.map(({ bytes }) => ended(bytes));
  yield* await weightsLines(ledger, key, last.description);
  for (const line of await shownLines(storage, key)) yield ended(line);
  yield* recordLines(storage, key);
  yield ended(last.bytes);
}

/** Whole lines that are records, as they stand in a journal, some at a time. @throws NamedError `JournalFailed` */
export async function* recordLines(
  storage: JournalStorage,
  key: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const read = (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> =>
    guarded(() => storage.readPart(key, RECORDS, start, end), 'kept results cannot be read');
  for await (const batch of lineBatches(read, LONGEST_LINE)) {
    const lines = await Promise.all(
      batch.map(async ({ bytes }) => {
        const value = bytes && (await valueOf(recordPlace(key), bytes));
        return bytes && keyOfRecord(ANYTHING, value) !== null ? [ended(bytes)] : [];
      }),
    );
    yield joinedBytes(lines.flat());
  }
}

interface DescriptionLine {
  readonly description: Description;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Whole lines that describe the work that the key names. */
async function descriptionLines(storage: JournalStorage, key: string): Promise<DescriptionLine[]> {
  const bytes = await guarded(() => storage.read(key, DESCRIPTION), 'kept results cannot be read');
  if (!bytes) return [];
  const { whole } = await readLines(`${key}/${DESCRIPTION}`, bytes);
  const found: DescriptionLine[] = [];
  for (const { value, start, end } of whole)
    if (isDescription(value) && (await keyOf(value)) === key)
      found.push({ description: value, bytes: bytes.subarray(start, end) });
  return found;
}

/** The key that a description's journal has. */
export function keyOf(description: Description): Promise<string> {
  return keyOfModules(description.modules, description);
}

export function ended(line: Uint8Array): Uint8Array<ArrayBuffer> {
  return joinedBytes([line, Uint8Array.of(NEWLINE)]);
}

function undescribed(key: string): NamedError {
  return new NamedError(
    'JournalDamaged',
    `the kept work "${key}" has no whole description: a file of it would not say what it is`,
    {},
    'run the same work again, which describes it anew, and save it then',
  );
}
