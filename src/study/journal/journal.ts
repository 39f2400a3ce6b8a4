/** The journal of one piece of work: records by key, one line each, appended as they come. */
import type { NamedError } from '../../named-error.ts';
import { journalFailed } from './failure.ts';
import { lineOf } from './lines.ts';
import { damageNotices, readRecords, recordPlace, RECORDS, toldNote } from './records.ts';
import type { Shape } from './shapes.ts';
import type { JournalStorage } from './storage.ts';

/** At most this much work is lost with a page that dies. */
const FLUSH_MS = 250;
/** A storage that failed is asked again after this. */
const RETRY_MS = 10_000;

export interface OpenedJournal<Record> {
  readonly journal: Journal<Record>;
  /** What earlier runs kept. */
  readonly finished: ReadonlyMap<string, Record>;
  /** What was found damaged and left out. */
  readonly notices: readonly string[];
}

export interface JournalOptions {
  /** Milliseconds a record may wait for others; 0 writes each before the next is computed. Default: 250. */
  readonly flushMs?: number;
  /** Told when the storage fails, and when it takes records again. */
  onNotice?(notice: string): void;
}

/**
 * Opens the journal of a piece of work and reads what it holds. What a dying page cut off, what a disk damaged, and what
 * is no record of this shape is left out, told once, and stays where it is: journals only grow.
 *
 * @throws NamedError `JournalFailed` where the storage cannot be read
 */
export async function openJournal<Record>(
  storage: JournalStorage,
  key: string,
  shape: Shape<Record>,
  options: JournalOptions = {},
): Promise<OpenedJournal<Record>> {
  const found = await readRecords(storage, key, shape);
  const journal = new Journal<Record>(storage, key, options);
  const note = toldNote(found);
  if (note !== null) journal.note(note);
  return { journal, finished: found.finished, notices: damageNotices(found) };
}

export class Journal<Record> {
  readonly key: string;
  readonly #storage: JournalStorage;
  readonly #flushMs: number;
  readonly #onNotice: (notice: string) => void;
  /** On their way: what the storage has not taken. */
  #waiting: Promise<string>[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Appends in their order. */
  #writing: Promise<void> = Promise.resolve();
  #failure: NamedError | null = null;

  constructor(
    storage: JournalStorage,
    key: string,
    { flushMs = FLUSH_MS, onNotice = () => undefined }: JournalOptions = {},
  ) {
    this.#storage = storage;
    this.key = key;
    this.#flushMs = flushMs;
    this.#onNotice = onNotice;
  }

  /**
   * Takes a record, whose JSON says all of it; it is on its way to the storage within 250 ms. Where the storage fails it
   * waits with all that follow until the storage takes them.
   */
  append(key: string, record: Record): Promise<void> | undefined {
    this.note(JSON.stringify({ key, record }));
    if (this.#flushMs === 0) return this.#write();
    this.#timer ??= setTimeout(() => void this.#write(), this.#failure ? RETRY_MS : this.#flushMs);
    return undefined;
  }

  /** Takes a line that goes with the next record, or with the end. */
  note(json: string): void {
    this.#waiting.push(lineOf(recordPlace(this.key), json));
  }

  /** Resolves when everything appended is kept. @throws NamedError `JournalFailed` */
  async flush(): Promise<void> {
    await this.#write();
    if (this.#failure) throw this.#failure;
  }

  #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(async () => {
      const lines = this.#waiting;
      if (lines.length === 0) return;
      this.#waiting = [];
      try {
        const text = (await Promise.all(lines)).join('');
        await this.#storage.append(this.key, RECORDS, new TextEncoder().encode(text));
        if (this.#failure) this.#onNotice('Results are kept again.');
        this.#failure = null;
      } catch (error) {
        // A part of them may stand already: the last of two lines with one key counts, and both say the same.
        this.#waiting = lines.concat(this.#waiting);
        const failure = journalFailed(error);
        if (!this.#failure) this.#onNotice(unkept(failure));
        this.#failure = failure;
      }
    });
    return this.#writing;
  }
}

/** What a person is told of a storage that takes no records. */
export function unkept({ what, remedy }: NamedError): string {
  return `${what}: the work goes on, and would begin anew after a reload; ${remedy}.`;
}
