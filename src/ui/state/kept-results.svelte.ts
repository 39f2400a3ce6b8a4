import type { NamedError } from '../../named-error.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { KeptWork } from '../../study/journal/kept-work.ts';
import { named } from '../../named.ts';

/** Results of long work that this browser keeps, whole or cut off. */
export class KeptResults {
  /** Null until they were asked for. */
  list = $state.raw<readonly KeptWork[] | null>(null);
  error = $state.raw<NamedError | null>(null);
  /** What was withdrawn since the page was opened, as weights turned out to be others. */
  withdrawn = $state.raw<readonly KeptWork[]>([]);
  readonly journals: Journals;

  constructor(journals: Journals) {
    this.journals = journals;
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
