import * as v from 'valibot';
import type { Json } from '../../identity/canonical-json.ts';
import type { NamedError } from '../../named-error.ts';
import { named } from '../../named.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Origin } from '../../study/journal/other-builds.ts';
import { modulesOf } from '../../work/modules.ts';
import { keepSettings, keptSettings, type SettingShapes } from './kept-settings.ts';
import { CARRIED_STUDY, type OpenedStudy } from './opened-study.ts';
import { listedWork, type ListedWork } from './shown-part.ts';
import type { StudySurroundings } from './study-surroundings.ts';
import { t } from './texts.ts';

/** Keys of works that were put away on this machine. */
const KEY = 'frankenscope.carried';
const SHAPES = { hidden: v.array(v.string()) } satisfies SettingShapes;

const FINDING = v.object({
  work: v.object({
    ...{ key: v.string(), analysis: v.string(), kind: v.string(), title: v.string(), at: v.string() },
    ...{ total: v.number(), complete: v.boolean(), inputs: v.record(v.string(), v.string()) },
    settings: v.custom<Json>((value) => value !== undefined),
    part: v.custom<Json>((value) => value !== undefined),
  }),
  origin: v.object({ key: v.string(), build: v.string(), modules: v.string(), at: v.string() }),
  records: v.array(v.unknown()),
});

/** One work of it with its records. */
export interface CarriedPart {
  readonly work: ListedWork;
  readonly records: readonly unknown[];
}

/** Where a page of the app has it; null where its build has none, or no network. */
export async function servedFinding(): Promise<unknown> {
  const response = await fetch(new URL('study/finding.json', document.baseURI)).catch(() => null);
  return response?.ok ? response.json() : null;
}

function carriedWork(work: ListedWork, origin: Origin): ListedWork {
  const text = t.origin({ ...origin, carried: true });
  return { ...work, carried: `${text.charAt(0).toUpperCase()}${text.slice(1)}` };
}

/** The demo family's study, which travels with the app: read when it is first asked for, shown as such, kept nowhere. */
export class Carried {
  /** What of it is computed by this build's code. */
  #works = $state.raw<readonly ListedWork[]>([]);
  #hidden = $state.raw<readonly string[]>(keptSettings(KEY, SHAPES).values.hidden ?? []);
  /** Its records. */
  journals: Journals | null = null;
  /** The whole, whoever computed it; null where none is there. */
  study = $state.raw<OpenedStudy | null>(null);
  /** Whether the start page shows what was found, or there is nothing to show. */
  told = $state(false);
  /** Why what is there cannot be read. */
  error = $state.raw<NamedError | null>(null);
  readonly #around: () => Promise<StudySurroundings>;
  readonly #finding: () => Promise<unknown>;
  #asked: Promise<void> | null = null;

  /** @param finding what of it the start page shows, as `scripts/vite/carried-finding.mjs` cuts it out; null where nothing is there */
  constructor(around: () => Promise<StudySurroundings>, finding: () => Promise<unknown>) {
    this.#around = around;
    this.#finding = finding;
  }

  /** What the start page shows of it, by itself; null where none is carried, another build computed it, or it was put away. */
  async finding(): Promise<CarriedPart | null> {
    const found = await this.#finding();
    if (!v.is(FINDING, found)) return null;
    const { work, origin, records } = found;
    const listed = listedWork(work);
    if (!listed || this.#hidden.includes(work.key) || origin.modules !== modulesOf(work.kind)) return null;
    return { work: carriedWork(listed, origin), records };
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
      const around = await this.#around();
      const bytes = (await around.carried?.()) ?? null;
      if (!bytes) return;
      const [{ readStudyFile }, { Journals }] = await Promise.all([
        import('../../study/study-file.ts'),
        import('../../study/journal/journals.ts'),
      ]);
      const { study, storage } = await readStudyFile(bytes, 'study/demo.frankenscope');
      const journals = new Journals(storage);
      const listed = (await journals.shown()).flatMap((work) => listedWork(work) ?? []);
      const works = await Promise.all(
        listed.map(async (work): Promise<readonly ListedWork[]> => {
          const origin = await journals.origin(work.key);
          if (origin?.modules !== modulesOf(work.kind)) return [];
          return [carriedWork(work, origin)];
        }),
      );
      this.journals = around.journals.carried = journals;
      this.#works = works.flat();
      this.study = { id: CARRIED_STUDY, name: study.name, result: study, journals, works: listed };
    } catch (error) {
      this.error = named(error);
    }
  }
}
