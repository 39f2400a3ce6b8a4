/** Journals that were begun elsewhere, as `--journal` gives them: files that the page saved, or `kept --save`. */
import type { WorkIdentity } from '../identity/work-identity.ts';
import { workKey } from '../identity/work-identity.ts';
import { otherWork } from '../study/journal/differing-work.ts';
import { headOf } from '../study/journal/journal-head.ts';
import type { Journals } from '../study/journal/journals.ts';
import { takenText } from '../study/journal/take-over.ts';
import type { WorkProgress } from '../work/long-work.ts';

/** Work of other kinds that a command does after some: its journals wait until it is begun. */
const AFTERWARDS: Readonly<Record<string, string>> = { diversity: 'overlap' };

interface Surroundings {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
  readonly notice: (line: string) => void;
}

export class GivenJournals {
  readonly #journals: Journals;
  readonly #around: Surroundings;
  #waiting: readonly File[];

  constructor(files: readonly File[], journals: Journals, around: Surroundings) {
    this.#waiting = files;
    this.#journals = journals;
    this.#around = around;
  }

  /**
   * Puts what the files hold of a piece of work beside what this machine kept of it, before it begins.
   *
   * @param works everything that is opened with it, where that is several
   * @throws NamedError `OtherWork` where a file is of none of these; those of `headOf` and `takeOver`
   */
  async takeOver(work: WorkIdentity, works: readonly WorkIdentity[] = [work]): Promise<void> {
    const { signal, onProgress, notice } = this.#around;
    const own = await workKey(work);
    const keys = new Set(await Promise.all(works.map(workKey)));
    const now = new Set<File>();
    // All are looked at before any is taken over.
    for (const file of this.#waiting) {
      const { key, description } = await headOf(file, signal);
      if (key === own) now.add(file);
      else if (description.kind === AFTERWARDS[work.kind])
        notice(`${file.name} is of the ${description.kind}: taken over when that is begun`);
      else if (!keys.has(key)) throw otherWork(file.name, description, works);
    }
    this.#waiting = this.#waiting.filter((file) => !now.has(file));
    for (const file of now)
      notice(takenText(file.name, await this.#journals.takeOver(file, { signal, onProgress })));
  }
}
