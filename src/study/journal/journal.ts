/** The journal of one piece of work: records by key, one JSON line each, appended as they come. */
import { NamedError } from '../../named-error.ts';
import type { JournalStorage } from './storage.ts';
import { plainReason } from '../../plain-reason.ts';

export const RECORDS = 'records.jsonl';
/** At most this much work is lost with a page that dies. */
const FLUSH_MS = 250;
export const NEWLINE = 10;

export interface OpenedJournal<Record> {
  readonly journal: Journal<Record>;
  /** What earlier runs kept. */
  readonly finished: ReadonlyMap<string, Record>;
  /** What was found damaged and left out. */
  readonly notices: readonly string[];
}

/**
 * Opens the journal of a piece of work and reads what it holds. A page may die while a line is written: such a torn last
 * line is cut off, with a notice; a damaged line before it is left out, with a notice.
 *
 * @throws NamedError `JournalFailed` where the storage cannot be read
 */
export async function openJournal<Record>(
  storage: JournalStorage,
  key: string,
): Promise<OpenedJournal<Record>> {
  const notices: string[] = [];
  const finished = new Map<string, Record>();
  const bytes = await guarded(() => storage.read(key, RECORDS));
  if (bytes) {
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole < bytes.length) {
      notices.push('The last record of the journal was cut off while it was written; it is computed again.');
      await guarded(() => storage.truncate(key, RECORDS, whole));
    }
    let damaged = 0;
    for (const line of new TextDecoder().decode(bytes.subarray(0, whole)).split('\n')) {
      if (line === '') continue;
      const entry = parseEntry<Record>(line);
      if (entry) finished.set(entry.key, entry.record);
      else damaged += 1;
    }
    if (damaged > 0) notices.push(`${damaged} damaged lines of the journal were left out.`);
  }
  return { journal: new Journal(storage, key), finished, notices };
}

export class Journal<Record> {
  readonly key: string;
  readonly #storage: JournalStorage;
  #lines: string[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Appends in their order. */
  #writing: Promise<void> = Promise.resolve();
  #failure: NamedError | null = null;

  constructor(storage: JournalStorage, key: string) {
    this.#storage = storage;
    this.key = key;
  }

  /**
   * Takes a record, whose JSON says all of it; it is on its way to the storage within 250 ms.
   *
   * @throws NamedError `JournalFailed` once an earlier one could not be kept
   */
  append(key: string, record: Record): void {
    if (this.#failure) throw this.#failure;
    this.#lines.push(`${JSON.stringify({ key, record })}\n`);
    this.#timer ??= setTimeout(() => void this.#write(), FLUSH_MS);
  }

  /** Resolves when everything appended is kept. @throws NamedError `JournalFailed` */
  async flush(): Promise<void> {
    await this.#write();
    if (this.#failure) throw this.#failure;
  }

  #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#lines.splice(0);
    if (lines.length > 0) {
      const bytes = new TextEncoder().encode(lines.join(''));
      this.#writing = this.#writing
        .then(() => this.#storage.append(this.key, RECORDS, bytes))
        .catch((error: unknown) => {
          this.#failure ??= journalFailed(error);
        });
    }
    return this.#writing;
  }
}

function parseEntry<Record>(line: string): { key: string; record: Record } | null {
  try {
    const entry = JSON.parse(line) as unknown;
    const valid =
      typeof entry === 'object' &&
      entry !== null &&
      'key' in entry &&
      'record' in entry &&
      typeof entry.key === 'string';
    return valid ? (entry as { key: string; record: Record }) : null;
  } catch {
    return null;
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw journalFailed(error);
  }
}

export function journalFailed(cause: unknown): NamedError {
  return new NamedError(
    'JournalFailed',
    `results cannot be kept (${plainReason(cause)})`,
    {},
    'make room, or delete earlier results',
    { cause },
  );
}
