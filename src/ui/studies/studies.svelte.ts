import type { Address } from '../../analyses/address.ts';
import { named } from '../../named.ts';
import { NamedError, shortened } from '../../named-error.ts';
import { Journals } from '../../study/journal/journals.ts';
import type { KeptStudies, KeptStudy } from '../../study/kept-studies.ts';
import { memoryStudies } from '../../study/study-folder.ts';
import type { ReadStudy } from '../../study/study-file.ts';
import type { StudyResult } from '../../study/study-result.ts';
import { once } from '../../work/once.ts';
import type { Carried } from '../state/carried.svelte.ts';
import { asJobIfLong } from '../state/long-job.ts';
import { CARRIED_STUDY, type OpenedStudy } from '../state/opened-study.ts';
import { listedWork } from '../state/shown-part.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import type { RunChoice } from './run/study-models.ts';
import type { AroundRun, StudyRunner } from './run/study-runner.svelte.ts';
import { t } from './texts.ts';

/** What the page takes of the app. */
interface AroundStudies extends AroundRun {
  readonly carried: Carried;
}

/** As a spec may have it; a file of another hand may have a longer one. */
export const LONGEST_NAME = 200;
/** Lines that are named by their numbers. */
const SAID = 10;

/** Studies at hand: the one that travels with the app, and those that this browser keeps. */
export class Studies {
  /** Those that are kept, the latest first. Null until it was asked for. */
  list = $state.raw<readonly KeptStudy[] | null>(null);
  /** The one that is shown. */
  chosen = $state<string>(CARRIED_STUDY);
  /** The one beside it. */
  beside = $state<string | null>(null);
  /** Why the storage could not do what was asked. */
  error = $state.raw<NamedError | null>(null);
  /** What became of the files that were opened last, in sentences, and why others were not taken. */
  told = $state.raw<readonly string[]>([]);
  refused = $state.raw<readonly NamedError[]>([]);
  /** Made with the first run. */
  runner = $state.raw<StudyRunner | null>(null);
  readonly #app: AroundStudies;
  readonly #around: StudySurroundings;
  /** By id, as last kept. */
  #opened = new Map<string, Promise<OpenedStudy>>();
  #kept: Promise<KeptStudies> | null = null;

  constructor(app: AroundStudies, around: StudySurroundings) {
    this.#app = app;
    this.#around = around;
    around.journals.weights.onWithdrawn(({ works }) => void this.#withdraw(works.map(({ key }) => key)));
  }

  /** What a link to the page says; a study that is kept is there in this browser alone. */
  get address(): Address {
    const { chosen, beside } = this;
    if (chosen === CARRIED_STUDY && beside === null) return new Map();
    return new Map([['do', chosen], ...(beside === null ? [] : [['beside', beside] as const])]);
  }

  follow(address: Address): void {
    this.chosen = address.get('do') ?? CARRIED_STUDY;
    this.beside = address.get('beside') ?? null;
  }

  async ask(): Promise<void> {
    await this.#attempt(() => this.#listed());
  }

  /** One of them, with its records. @throws NamedError `NotOpen` where it is not kept here, those of reading */
  open(id: string): Promise<OpenedStudy> {
    if (id !== CARRIED_STUDY)
      return once(this.#opened, id, async () => openedStudy(id, await (await this.#studies()).open(id)));
    return this.#carried();
  }

  /** Keeps what files hold, and shows the last of them. */
  async take(files: readonly File[]): Promise<void> {
    this.told = [];
    this.refused = [];
    for (const file of files) {
      try {
        const { id, study, damaged } = await asJobIfLong(this.#app.jobs, t.readingFile(file.name), async () =>
          (await this.#studies()).take(file, file.name),
        );
        this.told = [...this.told, takenText(file.name, study, damaged)];
        this.chosen = id;
      } catch (error) {
        this.refused = [...this.refused, named(error)];
      }
    }
    await this.ask();
  }

  /** Its file, as it is kept or travels with the app. @throws NamedError `NotOpen`, `JournalFailed` */
  async file(id: string): Promise<Blob> {
    if (id !== CARRIED_STUDY) return (await this.#studies()).file(id);
    const bytes = await this.#around.carried?.();
    if (bytes) return new Blob([bytes]);
    throw notCarried();
  }

  /** Says something else of it, as its name; its records stay as they are. */
  async change(id: string, change: (study: StudyResult) => StudyResult): Promise<void> {
    await this.#attempt(async () => {
      await (await this.#studies()).change(id, change);
      this.#opened.delete(id);
      await this.#listed();
    });
  }

  /** A copy is shown at once. */
  async duplicate(id: string, name: string): Promise<void> {
    await this.#attempt(async () => {
      const studies = await this.#studies();
      if (id === CARRIED_STUDY) {
        const { id: copy } = await studies.take(await this.file(id), name);
        await studies.change(copy, (study) => ({ ...study, name }));
        this.chosen = copy;
      } else this.chosen = await studies.duplicate(id, name);
      await this.#listed();
    });
  }

  async remove(id: string): Promise<void> {
    await this.#attempt(async () => {
      await (await this.#studies()).remove(id);
      this.#opened.delete(id);
      if (this.beside === id) this.beside = null;
      if (this.chosen === id) this.chosen = CARRIED_STUDY;
      await this.#listed();
    });
  }

  /** Runs a study, and shows it while it grows. @param begun as `StudyRunner.run` takes it */
  async run(choice: RunChoice, begun: OpenedStudy | null): Promise<void> {
    if (!this.runner) {
      const { StudyRunner } = await import('./run/study-runner.svelte.ts');
      this.runner ??= new StudyRunner(this.#app, this.#around, (result, id) => this.#keep(result, id));
    }
    await this.runner.run(choice, begun);
  }

  /** What weights did not give is in no study. */
  async #withdraw(keys: readonly string[]): Promise<void> {
    await this.#attempt(async () => {
      for (const name of await (await this.#studies()).withdraw(new Set(keys)))
        this.told = [...this.told, t.withdrawn(name)];
      this.#opened.clear();
      await this.#listed();
    });
  }

  async #keep(result: StudyResult, before: string | null): Promise<string> {
    const id = await (await this.#studies()).keep(result, this.#around.journals, before);
    this.#opened.delete(id);
    if (before === null) this.chosen = id;
    await this.#listed();
    return id;
  }

  async #carried(): Promise<OpenedStudy> {
    const { carried } = this.#app;
    await carried.ask();
    if (carried.study) return carried.study;
    throw carried.error ?? notCarried();
  }

  #studies(): Promise<KeptStudies> {
    return (this.#kept ??= import('../../study/kept-studies.ts').then(
      ({ KeptStudies }) => new KeptStudies(this.#around.studies ?? memoryStudies()),
    ));
  }

  async #listed(): Promise<void> {
    this.list = await (await this.#studies()).list();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.error = null;
    try {
      await work();
    } catch (error) {
      this.error = named(error);
    }
  }
}

async function openedStudy(id: string, { study, storage }: ReadStudy): Promise<OpenedStudy> {
  const journals = new Journals(storage);
  const works = (await journals.shown()).flatMap((work) => listedWork(work) ?? []);
  return { id, name: shortened(study.name, LONGEST_NAME), result: study, journals, works };
}

function notCarried(): NamedError {
  return new NamedError(
    'FileNotFound',
    'no study travels with this build of the app, or it could not be fetched',
    { file: 'study/demo.frankenscope' },
    'open the file of a study',
  );
}

function takenText(file: string, study: StudyResult, damaged: readonly number[]): string {
  const taken = t.taken(shortened(study.name, LONGEST_NAME), file, study.analyses.length);
  if (damaged.length === 0) return taken;
  return `${taken} ${t.damagedLines(damaged.length, damaged.slice(0, SAID))}`;
}
