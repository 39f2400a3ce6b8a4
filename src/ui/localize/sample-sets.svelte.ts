import type { PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import type { NamedError } from '../../named-error.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { listName } from '../../probes/data/row-file.ts';
import { UnknownColumns } from '../../probes/data/unknown-columns.ts';
import type { AskedColumns, ColumnChoices } from '../files/asked-columns.ts';
import type { PathFile } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import { failureOf } from '../state/failure.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { t as states } from '../state/texts.ts';
import { t } from './texts.ts';
import type { NamedList, NamedPairs, QuestionSet } from './sets.ts';
import { committedPairs, committedQuestions, droppedPairs, droppedQuestions, ownPair } from './sets.ts';

export type PairSource = 'pairs' | 'minimal-pairs' | 'dropped' | 'own';
export type QuestionSource = QuestionSet | 'dropped';

/** Whether a set was brought along in this visit: it is gone with the page. */
export const isBrought = (source: string): boolean => source === 'dropped' || source === 'own';

type Asks = Probe['declaration']['asks'];

/** What analyses are asked about: the committed sets, and what a person brought beside them. */
export class SampleSets {
  pairSource = $state<PairSource>('pairs');
  problemSource = $state<QuestionSource>('problems');
  pictureSource = $state<Exclude<QuestionSource, 'problems'>>('general-vqa');
  broughtPairs = $state.raw<NamedPairs | null>(null);
  ownPair = $state.raw<NamedPairs | null>(null);
  broughtQuestions = $state.raw<NamedList<Problem> | null>(null);
  /** A list whose columns have to be told apart by a person. */
  askedColumns = $state.raw<AskedColumns | null>(null);
  error = $state.raw<NamedError | null>(null);
  readonly #pairs: Importing;
  readonly #questions: Importing;

  constructor(jobs: Jobs) {
    this.#pairs = new Importing(jobs, () => states.jobs.readingPairs);
    this.#questions = new Importing(jobs, () => states.jobs.readingQuestions);
  }

  /** What has to be brought before these can be asked, as a sentence; null where nothing has. */
  needs(asks: Asks): string | null {
    if (asks === 'pairs') {
      if (this.pairSource === 'dropped' && !this.broughtPairs) return t.needs.folder;
      if (this.pairSource === 'own' && !this.ownPair) return t.needs.own;
      return null;
    }
    return this.#questionSource(asks) === 'dropped' && !this.broughtQuestions ? t.needs.list : null;
  }

  /** What was chosen; null where that is still to be brought. @throws NamedError those of reading */
  async chosen(asks: Asks): Promise<PairSet | QuestionList | null> {
    if (asks === 'pairs') {
      if (this.pairSource === 'dropped') return this.broughtPairs;
      return this.pairSource === 'own' ? this.ownPair : committedPairs(this.pairSource);
    }
    const source = this.#questionSource(asks);
    const list = source === 'dropped' ? this.broughtQuestions : await committedQuestions(source);
    const { place } = list ?? {};
    return list && { name: listName(list.name), source: list.samples, ...(place ? { place } : {}) };
  }

  #questionSource(asks: Exclude<Asks, 'pairs'>): QuestionSource {
    return asks === 'problems' ? this.problemSource : this.pictureSource;
  }

  /** @param literalImage what becomes of a literal <image> before a prompt */
  async bringPairs(found: readonly PathFile[], literalImage: 'strip' | 'keep'): Promise<void> {
    await this.bring(async () => {
      this.broughtPairs = await this.#pairs.read((reading) => droppedPairs(found, literalImage, reading));
      this.pairSource = 'dropped';
    });
  }

  async bringQuestions(
    found: readonly PathFile[],
    asks: Exclude<Asks, 'pairs'>,
    choices: ColumnChoices = new Map(),
  ): Promise<void> {
    this.askedColumns = null;
    await this.bring(async () => {
      try {
        const brought = await this.#questions.read((reading) => droppedQuestions(found, choices, reading));
        this.broughtQuestions?.samples.close();
        this.broughtQuestions = brought;
      } catch (error) {
        if (!(error instanceof UnknownColumns)) throw error;
        this.askedColumns = { unknown: error, files: found, choices };
        return;
      }
      if (asks === 'problems') this.problemSource = 'dropped';
      else this.pictureSource = 'dropped';
    });
  }

  makePair(target: Blob, source: Blob, prompt: string): void {
    this.ownPair = ownPair(target, source, prompt, 'ocr');
    this.pairSource = 'own';
  }

  /** Does it, and shows what went wrong. */
  async bring(work: () => Promise<void>): Promise<void> {
    this.error = null;
    try {
      await work();
    } catch (thrown) {
      this.error = failureOf(thrown);
    }
  }
}
