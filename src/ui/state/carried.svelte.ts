import * as v from 'valibot';
import type { NamedError } from '../../named-error.ts';
import { named } from '../../named.ts';
import { Journals } from '../../study/journal/journals.ts';
import { modulesOf } from '../../work/modules.ts';
import { keepSettings, keptSettings, type SettingShapes } from './kept-settings.ts';
import { CARRIED_STUDY, type OpenedStudy } from './opened-study.ts';
import { listedWork, type ListedWork } from './shown-part.ts';
import type { StudySurroundings } from './study-surroundings.ts';
import { t } from './texts.ts';

/** Keys of works that were put away on this machine. */
const KEY = 'frankenscope.carried';
const SHAPES = { hidden: v.array(v.string()) } satisfies SettingShapes;

/** The demo family's study, which travels with the app: read when it is first asked for, shown as such, kept nowhere. */
export class Carried {
  /** What of it is computed by this build's code. */
  #works = $state.raw<readonly ListedWork[]>([]);
  #hidden = $state.raw<readonly string[]>(keptSettings(KEY, SHAPES).values.hidden ?? []);
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

  /** What of it is computed by this build's code, and was not put away. */
  get works(): readonly ListedWork[] {
    return this.#works.filter(({ key }) => !this.#hidden.includes(key));
  }

  /** How many were put away. */
  get hidden(): number {
    return this.#works.length - this.works.length;
  }

  /** Puts a work out of view, on later visits too; where that is not kept, until the page is opened again. */
  hide({ key }: ListedWork): void {
    this.#hidden = [...this.#hidden, key];
    // Works of other builds are forgotten.
    const known = this.#works.map((work) => work.key);
    keepSettings(KEY, { hidden: this.#hidden.filter((one) => known.includes(one)) });
  }

  /** Everything that was put away is in view again. */
  showHidden(): void {
    this.#hidden = [];
    keepSettings(KEY, null);
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
      this.#works = works.flat();
      this.study = { id: CARRIED_STUDY, name: study.name, result: study, journals, works: listed };
    } catch (error) {
      this.error = named(error);
    }
  }
}
