import type { NamedError } from '../../named-error.ts';
import { named } from '../../named.ts';
import { Journals } from '../../study/journal/journals.ts';
import { modulesOf } from '../../work/modules.ts';
import { CARRIED_STUDY, type OpenedStudy } from './opened-study.ts';
import { listedWork, type ListedWork } from './shown-part.ts';
import type { StudySurroundings } from './study-surroundings.ts';
import { t } from './texts.ts';

/** The demo family's study, which travels with the app: read when it is first asked for, shown as such, kept nowhere. */
export class Carried {
  /** What of it is computed by this build's code, and was not put away. */
  works = $state.raw<readonly ListedWork[]>([]);
  /** Its records. */
  journals: Journals | null = null;
  /** The whole, whoever computed it; null where none is there. */
  study = $state.raw<OpenedStudy | null>(null);
  /** Why what is there cannot be read. */
  error = $state.raw<NamedError | null>(null);
  readonly #around: StudySurroundings;
  #asked: Promise<void> | null = null;

  constructor(around: StudySurroundings) {
    this.#around = around;
  }

  /** Reads it, once; a build without it, or a page without a network, has none. */
  ask(): Promise<void> {
    return (this.#asked ??= this.#read());
  }

  /** Puts a work out of view, until the page is opened again. */
  hide(work: ListedWork): void {
    this.works = this.works.filter((one) => one !== work);
  }

  async #read(): Promise<void> {
    try {
      const bytes = (await this.#around.carried?.()) ?? null;
      if (!bytes) return;
      const { readStudyFile } = await import('../../study/study-file.ts');
      const { study, storage } = await readStudyFile(bytes, 'study/demo.frankenscope');
      const journals = new Journals(storage);
      const listed = (await journals.shown()).flatMap((work) => listedWork(work) ?? []);
      const works = await Promise.all(
        listed.map(async (work): Promise<readonly ListedWork[]> => {
          const origin = await journals.origin(work.key);
          if (origin?.modules !== modulesOf(work.kind)) return [];
          const text = t.origin({ ...origin, carried: true });
          return [{ ...work, carried: `${text.charAt(0).toUpperCase()}${text.slice(1)}` }];
        }),
      );
      this.journals = this.#around.journals.carried = journals;
      this.works = works.flat();
      this.study = { id: CARRIED_STUDY, name: study.name, result: study, journals, works: listed };
    } catch (error) {
      this.error = named(error);
    }
  }
}
