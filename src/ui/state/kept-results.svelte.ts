import type { NamedError } from '../../named-error.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { KeptWork } from '../../study/journal/kept-work.ts';
import type { Jobs } from './jobs.svelte.ts';
import { asJobIfLong } from './long-job.ts';
import { named } from '../../named.ts';
import { listedWork, type ListedWork } from './shown-part.ts';
import { t } from './texts.ts';

/** Results of long work that this browser keeps, whole or cut off. */
export class KeptResults {
  /** Null until they were asked for. */
  list = $state.raw<readonly KeptWork[] | null>(null);
  /** What can be shown without loading anything, the latest first. Null until it was asked for. */
  shown = $state.raw<readonly ListedWork[] | null>(null);
  error = $state.raw<NamedError | null>(null);
  /** What was withdrawn since the page was opened, as weights turned out to be others. */
  withdrawn = $state.raw<readonly KeptWork[]>([]);
  /** What became of the journal files that were opened last, in sentences. */
  told = $state.raw<readonly string[]>([]);
  /** Why others of them were not taken over. */
  refused = $state.raw<readonly NamedError[]>([]);
  readonly journals: Journals;
  readonly #jobs: Jobs;

  constructor(journals: Journals, jobs: Jobs) {
    this.journals = journals;
    this.#jobs = jobs;
    journals.onRemoved(() => {
      if (this.shown) void this.askShown();
    });
    journals.onTakenOver(() => {
      if (this.shown) void this.askShown();
    });
    journals.weights.onWithdrawn(({ works }) => {
      this.withdrawn = [...this.withdrawn, ...works];
    });
  }

  /** Asks the storage; the largest come first. */
  async ask(): Promise<void> {
    try {
      this.list = (await this.journals.list()).toSorted((a, b) => b.bytes - a.bytes);
      this.error = null;
    } catch (error) {
      this.error = named(error);
    }
  }

  /** Asks for what can be shown. */
  async askShown(): Promise<void> {
    try {
      this.shown = (await this.journals.shown()).flatMap((work) => listedWork(work) ?? []);
    } catch (error) {
      this.error = named(error);
    }
  }

  /** Takes over what journal files hold, and lists it. */
  async open(files: readonly File[]): Promise<void> {
    this.told = [];
    this.refused = [];
    for (const file of files) {
      try {
        const taken = await asJobIfLong(this.#jobs, t.readingFile(file.name), (work) =>
          this.journals.takeOver(file, work),
        );
        this.told = [...this.told, t.taken(file.name, taken)];
      } catch (error) {
        this.refused = [...this.refused, named(error)];
      }
    }
    await this.ask();
  }

  /** A journal as one file, to be gone on with elsewhere. @throws NamedError `JournalFailed`, `JournalDamaged`; `Cancelled` */
  file(key: string): Promise<Blob> {
    return asJobIfLong(this.#jobs, t.savingJournal, async ({ signal }) => {
      // A blob lies with the browser: the page holds a piece of it at a time.
      const pieces: Blob[] = [];
      for await (const piece of this.journals.file(key)) {
        signal?.throwIfAborted();
        pieces.push(new Blob([piece]));
      }
      return new Blob(pieces, { type: 'application/jsonl' });
    });
  }

  async remove(key: string): Promise<void> {
    try {
      await this.journals.remove(key);
    } catch (error) {
      this.error = named(error);
      return;
    }
    await this.ask();
  }
}
