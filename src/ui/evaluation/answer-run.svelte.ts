import type { Answer } from '../../evaluation/answers/answer.ts';
import type { Ask } from '../../evaluation/answers/ask.ts';
import { answersOf, type Asking } from '../../evaluation/answers/asking.ts';
import {
  answerJournals,
  type Answers,
  answersJournalled,
  keptAnswers,
} from '../../evaluation/answers/kept-answers.ts';
import { otherAnswers } from '../../study/journal/other-answers.ts';
import { Grader } from '../../evaluation/grading/client.ts';
import { GradeBook } from '../../evaluation/grading/grade-book.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import type { Asked, Variant } from '../../evaluation/variant.ts';
import type { RunFigures } from '../../analyses/run-block.ts';
import type { PlannedTurns } from '../../engine/protocol/loading.ts';
import type { NamedError } from '../../named-error.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Origin } from '../../study/journal/other-builds.ts';
import { MeasuredRun } from '../../study/measured-run.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { Computing } from '../../study/run-meter.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { ChartStatus } from '../charts/figure/status.ts';
import { failureOf } from '../state/failure.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { ShownPart } from '../state/shown-part.ts';
import { asJobIfLong } from '../state/long-job.ts';
import { t as states } from '../state/texts.ts';
import { t } from './texts.ts';
import { named } from '../../named.ts';

/** Answers as they are kept, and by whom. */
interface Kept {
  readonly answers: Answers;
  readonly origin: Origin | null;
  readonly notices: readonly string[];
}

/** Answers of this long are shown together: tables of thousands take tens of milliseconds to draw. */
const TOGETHER_MS = 250;
/** From so many on, grading is shown as work of its own, which can be cancelled. */
const SHOWN_AS_JOB_FROM = 500;

const NONE: readonly never[] = [];

/** How work is laid out, where it takes long shown as a job. */
type LayingOut<Plan> = (work: Pick<LongWork<never>, 'signal' | 'onProgress'>) => Promise<Plan | null>;

/** Makes what a later visit shows answers by. @param total of all answers */
type MakePart = (total: number) => Promise<ShownPart>;

/** An engine of this page that answers. */
export interface Answering<Who extends Asked> {
  computing(): Computing | null;
  /** What it takes that the variants take turns. @throws NamedError those of the engine */
  turns(asks: readonly Ask<Who>[]): Promise<PlannedTurns | null>;
}

const ELSEWHERE = { computing: () => null, turns: () => Promise.resolve(null) };

/** Questions put to variants: planned, answered once, kept, graded as often as one likes. */
export class AnswerRun<Who extends Asked = Variant, Plan extends Asking<Who> = Asking<Who>> {
  running = $state(false);
  error = $state.raw<NamedError | null>(null);
  notices = $state.raw<readonly string[]>([]);
  /** What is set, laid out; null where nothing is. */
  next = $state.raw<Plan | null>(null);
  /** What is on show: what is set, or what was before, as long as nothing of that is answered. */
  plan = $state.raw<Plan | null>(null);
  /** Whether settings have changed since what is on show was asked. */
  former = $derived(this.plan !== this.next);
  asks = $derived<readonly Ask<Who>[]>(this.plan?.asks ?? NONE);
  answers = $state.raw<Answers>(new Map());
  /** Who computed what is shown, where that is another build: it is never gone on with. Null: this one, or nothing is shown. */
  origin = $state.raw<Origin | null>(null);
  /** Answers the plan needs; asks that share a model and a question share one. */
  total = $derived(answersOf(this.asks));
  done = $derived(new Set(this.asks.flatMap(({ key }) => (this.answers.has(key) ? [key] : []))).size);
  /** Answers with their grades, in the order of the asks; the last come a moment after `answers`. */
  graded = $state.raw<readonly GradedAnswer[]>([]);
  /** Told after each change of `graded`. */
  onGraded: (() => void) | null = null;
  /** Whether all that is answered is graded. */
  #isGraded = $derived(
    this.graded.length === this.asks.reduce((sum, { key }) => sum + (this.answers.has(key) ? 1 : 0), 0),
  );
  readonly #book = new GradeBook();
  readonly #grader = new Grader();
  #grading: Promise<void> | null = null;
  #shown: ReturnType<typeof setTimeout> | null = null;
  #controller: AbortController | null = null;
  #serial = 0;
  /** Times that it was read again: the last counts. */
  #readings = 0;
  /** Whether `error` is of the last run, and not of laying one out. */
  #runFailed = false;
  #part: MakePart | null = null;
  #preparing: Promise<void> = Promise.resolve();
  readonly #id: string;
  readonly #title: string | (() => string);
  readonly #journals: Journals;
  readonly #jobs: Jobs;

  /** What it takes that models take turns; null where all are held, or another host answers. */
  turns = $state.raw<PlannedTurns | null>(null);
  readonly #measured = new MeasuredRun();
  readonly #answering: Answering<Who>;

  /** @param answering what answers, where that is an engine of this page */
  constructor(
    id: string,
    title: string | (() => string),
    journals: Journals,
    jobs: Jobs,
    answering: Answering<Who> = ELSEWHERE,
  ) {
    this.#answering = answering;
    this.#id = id;
    this.#title = title;
    this.#journals = journals;
    this.#jobs = jobs;
    journals.onRemoved(() => {
      if (!this.running) void this.#readAgain();
    });
    journals.onTakenOver(() => {
      if (!this.running && this.asks.length > 0) void this.#readAgain();
    });
  }

  /** "37 of 100 answers so far". */
  get note(): string {
    const by = this.origin ? ` · ${states.origin(this.origin)}` : '';
    const { done, total } = this;
    if (done < total) return t.run.soFar(done, total) + by;
    return (this.#isGraded ? t.run.allKept : t.run.grading)(total) + by;
  }

  /** What its button says. @param begin where nothing is there yet */
  label(begin: string): string {
    if (this.former) return begin;
    if (this.origin) return t.run.again;
    return this.done > 0 && this.done < this.total ? t.run.goOn : begin;
  }

  /** What it costs, and what of that is there already; null where nothing is asked. */
  get cost(): string | null {
    const total = answersOf(this.next?.asks ?? NONE);
    if (total === 0) return null;
    const kept = this.origin || this.former ? 0 : this.done;
    return t.run.cost(total, kept);
  }

  /** All of what is set is answered: nothing is left to be asked. */
  get whole(): boolean {
    return !this.origin && !this.former && this.total > 0 && this.done === this.total;
  }

  /** Resolves once what is answered by now is graded. */
  whenGraded(): Promise<void> {
    return this.#grade();
  }

  get status(): ChartStatus {
    if (this.error) return { kind: 'failed', error: this.error };
    if (this.done === 0) return { kind: 'empty', what: t.run.empty };
    return { kind: this.done < this.total || !this.#isGraded ? 'partial' : 'done', note: this.note };
  }

  /**
   * Lays out what would be asked, and shows what is kept of it. Only the last of several calls counts.
   *
   * @param part asked once it is laid out: what showing it again takes besides the answers, kept as soon as there are some; null where
   *   that cannot be kept
   */
  prepare(make: LayingOut<Plan>, part: () => MakePart | null = () => null): Promise<void> {
    if (this.running) return Promise.resolve();
    this.#preparing = this.#prepare(make, part);
    return this.#preparing.then(() => this.#grade());
  }

  async #prepare(make: LayingOut<Plan>, part: () => MakePart | null): Promise<void> {
    const serial = ++this.#serial;
    try {
      // Every picture that is asked about is read whole the first time.
      const plan = await asJobIfLong(this.#jobs, states.jobs.readingPictures, make);
      const asks = plan?.asks ?? [];
      const { answers, origin, notices } = await this.#kept(asks);
      if (serial !== this.#serial || this.running) return;
      const set = this.next?.asks ?? NONE;
      const same = asks.length === set.length && asks.every(({ key }, i) => key === set[i]?.key);
      this.next = plan;
      this.turns = null;
      if (plan && !origin) void this.#priceTurns(plan, answers);
      this.#part = part();
      if (answers.size > 0 || this.done === 0) {
        this.plan = plan;
        this.answers = answers;
        this.origin = origin;
      }
      // The end of a run lays it out again: what it failed of stays in sight.
      if (!same || !this.#runFailed) this.error = null;
      // What the run told stays in sight, too.
      if (!same || notices.length > 0) this.notices = notices;
      this.#runFailed &&= same;
      if (answers.size > 0 && !origin) await this.#keepPart();
    } catch (error) {
      if (serial !== this.#serial) return;
      this.error = failureOf(error);
      this.#runFailed = false;
    }
  }

  /** Of what is left to be asked. */
  async #priceTurns(plan: Plan, answers: Answers): Promise<void> {
    if (!this.#answering.computing()) return;
    const left = plan.asks.filter(({ key }) => !answers.has(key));
    const turns = await this.#answering.turns(left).catch(() => null);
    if (this.next === plan) this.turns = turns;
  }

  /** Forgets the answers that are shown, whoever else asked for them. @throws NamedError `JournalFailed` */
  async forget(): Promise<void> {
    if (this.running) return;
    for (const { identity } of answerJournals(this.asks)) await this.#journals.remove(identity);
  }

  /** Kept work was forgotten, or withdrawn: what is shown may have been of it. */
  async #readAgain(): Promise<void> {
    const reading = ++this.#readings;
    await this.#preparing;
    if (this.asks.length === 0) return;
    const serial = this.#serial;
    const { answers, origin, notices } = await this.#kept(this.asks);
    // One that began later knows of every removal.
    if (serial !== this.#serial || reading !== this.#readings || this.running) return;
    if (origin || this.origin) this.notices = notices;
    if (answers.size === 0) this.plan = this.next;
    this.answers = answers;
    this.origin = origin;
    await this.#grade();
  }

  /** What is kept of asks; where that is nothing, what another build computed of them, as that build's. */
  async #kept(asks: readonly Ask<Who>[]): Promise<Kept> {
    const notices: string[] = [];
    try {
      const answers = await keptAnswers(asks, this.#journals, (notice) => notices.push(notice));
      const other = answers.size > 0 ? null : await otherAnswers(asks, this.#journals);
      if (!other) return { answers, origin: null, notices };
      notices.push(states.originNotice(other.origin, other.left));
      return { answers: other.answers, origin: other.origin, notices };
    } catch (error) {
      notices.push(t.run.missing(named(error).what));
      return { answers: new Map(), origin: null, notices };
    }
  }

  /** Answers what is laid out; where a setting has just changed, what it says now, not what was laid out before. */
  async start(): Promise<void> {
    await this.#preparing;
    const plan = this.next;
    if (!plan || this.running) return;
    const controller = (this.#controller = new AbortController());
    // What is not of this work stays in sight until there is something of it.
    const answers = new Map(this.origin || this.former ? [] : this.answers);
    this.running = true;
    this.error = null;
    this.#runFailed = false;
    this.notices = [];
    try {
      const title = typeof this.#title === 'string' ? this.#title : this.#title();
      const options = {
        signal: controller.signal,
        onProgress: this.#jobs.track(this.#id, title, () => this.cancel()),
        onRecord: (key: string, answer: Answer) => {
          answers.set(key, answer);
          this.#show(answers);
        },
        onNotice: (notice: string) => (this.notices = [...this.notices, notice]),
      };
      await answersJournalled(
        plan.asks,
        (identity, total, work, { keys }) =>
          runJournalled(this.#journals, identity, total, work, {
            ...options,
            // Told again where answers were withdrawn meanwhile: none of them stays in sight.
            onFinished: (records: Answers) => {
              for (const key of keys) {
                const kept = records.get(key);
                if (kept) answers.set(key, kept);
                else answers.delete(key);
              }
              this.#show(answers);
            },
          }),
        this.#measuring(plan),
      );
    } catch (thrown) {
      this.error = failureOf(thrown);
      this.#runFailed = this.error !== null;
    } finally {
      this.#putOnShow(answers);
      await this.#grade();
      this.running = false;
      this.#jobs.end(this.#id);
    }
  }

  #measuring(plan: Plan): (work: LongWork<Answer>) => Promise<unknown> {
    const computing = this.#answering.computing();
    const work = (long: LongWork<Answer>): Promise<unknown> => plan.run(long);
    return computing ? this.#measured.measuring(keysOf(plan.asks), computing, work) : work;
  }

  /** How the run went that answered what is shown; null where it was not run here. */
  get figures(): RunFigures | null {
    return this.origin ? null : this.#measured.figures(keysOf(this.asks), this.done);
  }

  cancel(): void {
    this.#controller?.abort();
  }

  /** Whatever draws the answers is drawn again for each change: several of them together. */
  #show(answers: Answers): void {
    if (this.#shown !== null) return;
    this.#shown = setTimeout(() => {
      this.#shown = null;
      if (!this.running) return;
      this.#putOnShow(answers);
      void this.#grade();
    }, TOGETHER_MS);
  }

  /** Of what is set, once there is something. */
  #putOnShow(answers: Answers): void {
    if (answers.size === 0 && (this.origin || this.former)) return;
    this.plan = this.next;
    this.origin = null;
    this.answers = new Map(answers);
    if (answers.size > 0) void this.#keepPart();
  }

  /** Beside the answers of whoever is asked first: then a later visit shows them without loading anything. */
  async #keepPart(): Promise<void> {
    const part = this.#part;
    const [first] = part ? answerJournals(this.asks) : [];
    this.#part = null;
    if (!part || !first) return;
    try {
      await this.#journals.keepShown(first.identity, this.#id, await part(this.total));
    } catch (error) {
      this.notices = [...this.notices, states.loadsAgain(named(error).what)];
    }
  }

  /** Grades what is new, again and again until nothing is. One at a time: who comes meanwhile waits for it. */
  #grade(): Promise<void> {
    return (this.#grading ??= this.#gradeNew().finally(() => (this.#grading = null)));
  }

  async #gradeNew(): Promise<void> {
    const controller = new AbortController();
    const id = `${this.#id}-grading`;
    let shown = -Infinity;
    let report: ReturnType<Jobs['track']> | null = null;
    try {
      for (;;) {
        const { asks, answers } = this;
        const total = this.#book.pending(asks, answers).length;
        if (total > SHOWN_AS_JOB_FROM)
          report ??= this.#jobs.track(id, states.jobs.gradingAnswers, () => controller.abort());
        const onGraded = (done: number): void => {
          report?.({ phase: 'grading', done, total, unit: 'answers' });
          if (performance.now() - shown < TOGETHER_MS) return;
          this.graded = this.#book.list(asks);
          shown = performance.now();
        };
        await this.#book.update(asks, answers, this.#grader, { onGraded, signal: controller.signal });
        this.graded = this.#book.list(this.asks);
        this.onGraded?.();
        if (asks === this.asks && answers === this.answers) return;
        await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
      }
    } catch (thrown) {
      this.graded = this.#book.list(this.asks);
      if (!controller.signal.aborted) this.error = named(thrown);
    } finally {
      if (report) this.#jobs.end(id);
    }
  }
}

const keysOf = (asks: readonly Ask<Asked>[]): readonly string[] => asks.map(({ key }) => key);
