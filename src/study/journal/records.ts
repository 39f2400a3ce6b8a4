/** The records of one piece of work as its journal holds them: one line each, and what of it is damaged. */
import * as v from 'valibot';
import { Yielder } from '../../work/turns.ts';
import { guarded } from './failure.ts';
import type { LinePlace } from './lines.ts';
import { readLines } from './lines.ts';
import type { Shape } from './shapes.ts';
import type { JournalStorage } from './storage.ts';

export const RECORDS = 'records.jsonl';

/** Line numbers said of many damaged lines, at most. */
const SAID = 5;

const ENTRY = v.object({ key: v.string(), record: v.unknown() });
/** A note in a journal: lines whose damage was told, by their first byte and the one behind their last. */
const TOLD = v.object({ told: v.array(v.tuple([v.number(), v.number()])) });

export interface FoundRecords<Record> {
  readonly finished: ReadonlyMap<string, Record>;
  /** Lines that are no records of this shape, and that no note speaks of. */
  readonly damaged: readonly LinePlace[];
  readonly torn: LinePlace | null;
}

/**
 * Reads the records of a piece of work; of several under one key the last counts.
 *
 * @throws NamedError `JournalFailed` where the storage cannot be read
 */
export async function readRecords<Record>(
  storage: JournalStorage,
  work: string,
  shape: Shape<Record>,
): Promise<FoundRecords<Record>> {
  const bytes = await guarded(() => storage.read(work, RECORDS), 'kept results cannot be read');
  const lines = await readLines(recordPlace(work), bytes ?? new Uint8Array(0));
  const finished = new Map<string, Record>();
  const damaged: LinePlace[] = [...lines.damaged];
  const told = new Set<string>();
  const yielder = new Yielder();
  for (const line of lines.whole) {
    await yielder.pause();
    if (v.is(TOLD, line.value)) for (const [start, end] of line.value.told) told.add(`${start} ${end}`);
    else if (v.is(ENTRY, line.value) && v.is(shape, line.value.record))
      finished.set(line.value.key, line.value.record);
    else damaged.push(line);
  }
  return {
    finished,
    damaged: damaged
      .filter(({ start, end }) => !told.has(`${start} ${end}`))
      .sort((a, b) => a.number - b.number),
    torn: lines.torn,
  };
}

/** The key of a record that has its kind's shape; null for a note, and for what is no record of this shape. */
export function keyOfRecord(shape: Shape<unknown>, value: unknown): string | null {
  return v.is(ENTRY, value) && v.is(shape, value.record) ? value.key : null;
}

/** Whether a line is the journal's own note, and no record. */
export function isNote(value: unknown): boolean {
  return v.is(TOLD, value);
}

/** What lines of records are summed with. */
export function recordPlace(work: string): string {
  return `${work}/${RECORDS}`;
}

/** The note that the damage of these lines was told; null where there is nothing to note. */
export function toldNote({ damaged, torn }: Omit<FoundRecords<unknown>, 'finished'>): string | null {
  const lines = torn ? [...damaged, torn] : damaged;
  return lines.length === 0 ? null : JSON.stringify({ told: lines.map(({ start, end }) => [start, end]) });
}

/** What a person is told of damage. */
export function damageNotices({ damaged, torn }: Omit<FoundRecords<unknown>, 'finished'>): readonly string[] {
  const notices: string[] = [];
  if (damaged.length > 0) {
    const one = damaged.length === 1;
    const numbers = damaged.slice(0, SAID).map(({ number }) => number);
    const more = damaged.length > SAID ? ` and ${damaged.length - SAID} more` : '';
    notices.push(
      `${damaged.length} damaged ${one ? 'record' : 'records'} of the journal (${one ? 'line' : 'lines'} ${numbers.join(', ')}${more}) ${one ? 'is' : 'are'} computed again.`,
    );
  }
  if (torn)
    notices.push('The last record of the journal was cut off while it was written; it is computed again.');
  return notices;
}
