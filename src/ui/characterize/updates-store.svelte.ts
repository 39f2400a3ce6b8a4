import { firstValues, settingShapes, type SettingValues } from '../../analyses/setting-values.ts';
import { jsonFile, type ResultFile as TextFile } from '../../analyses/result-file.ts';
import { withRun } from '../../analyses/run-block.ts';
import type { GivenUpdates, Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { WithVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import { named } from '../../named.ts';
import type { NamedError } from '../../named-error.ts';
import type { Computers } from '../../spectra/diversity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { MeasuredRun } from '../../study/measured-run.ts';
import { shownUpdates } from '../../study/shown/comparison.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { ShownPart } from '../state/shown-part.ts';
import { validSettings } from '../state/kept-settings.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { wordsOf } from '../analyses/words-of.ts';
import { updatesFacts } from '../figure-source/updates-facts.ts';
import { StudyRun } from '../state/study-run.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import { signed, type ResultFile } from './signed.ts';

/** A piece of work with the settings that it was laid out with. */
interface Laid<Values, Record, File> {
  readonly plan: UpdatesPlan<Record, File> | null;
  readonly values: Values;
}

/** One analysis of updates on the page: its settings, the piece of work that they make with what is compared, and what was found of it. */
export class UpdatesStore<Values = SettingValues, Record = unknown, File extends ResultFile = ResultFile> {
  readonly analysis: Updates<Values, Record, File>;
  readonly run: StudyRun<Record>;
  values = $state.raw<Values>() as Values;
  /** Of what is set; null while nothing can be compared. */
  next = $state.raw<UpdatesPlan<Record, File> | null>(null);
  /** What was laid out when other work was last shown than is set now. */
  #former = $state.raw<Laid<Values, Record, File> | null>(null);
  #laid: Laid<Values, Record, File> | null = null;
  /** Why what is open cannot be. */
  problem = $state.raw<NamedError | null>(null);
  readonly #view: View;
  readonly #labelOf: (role: string) => string;
  readonly #measured = new MeasuredRun();

  /** @param labelOf how the page calls a checkpoint, by its name in results */
  constructor(
    analysis: Updates<Values, Record, File>,
    labelOf: (role: string) => string,
    view: View,
    journals: Journals,
    jobs: Jobs,
  ) {
    const { name, settings } = analysis.declaration;
    this.analysis = analysis;
    this.#labelOf = labelOf;
    this.#view = view;
    this.run = new StudyRun<Record>(name, journals, jobs);
    this.values = firstValues(settings) as Values;
  }

  /** On show: of what is set, or of the settings before (`StudyRun.former`). */
  get shown(): Laid<Values, Record, File> {
    return this.run.former && this.#former ? this.#former : { plan: this.next, values: this.values };
  }

  get plan(): UpdatesPlan<Record, File> | null {
    return this.shown.plan;
  }

  /** Its result file, of what was found so far. */
  file: File | null = $derived.by(() => {
    const { plan } = this;
    if (!plan) return null;
    const { records, origin } = this.run;
    return signed(plan.file(records, { cuts: this.#view.cuts(plan.pairing.layers) }), origin);
  });

  /** The same as it is saved: where it was measured here, with how that went. */
  get saved(): TextFile | null {
    const { plan, file, run } = this;
    if (!plan || !file) return null;
    const figures = run.origin ? null : this.#measured.figures(plan.identity, run.records.size);
    return withRun(jsonFile(this.analysis.declaration.file, file), figures);
  }

  /** What its charts carry. */
  facts: PageFacts | null = $derived.by(() => this.#factsOf(this.plan));
  /** What charts of what is set would carry. */
  nextFacts: PageFacts | null = $derived.by(() => this.#factsOf(this.next));

  #factsOf(plan: UpdatesPlan<Record, File> | null): PageFacts | null {
    const labelOf = this.#labelOf;
    return (
      plan && updatesFacts(this.analysis, plan, { labelOf, cuts: this.#view.cutsText(plan.pairing.layers) })
    );
  }

  set<Name extends keyof Values>(name: Name, value: Values[Name]): void {
    this.values = { ...this.values, [name]: value };
  }

  /** Takes settings over where they are valid. */
  restore(found: SettingValues): void {
    const { values } = validSettings(found, settingShapes(this.analysis.declaration.settings));
    this.values = { ...this.values, ...values };
  }

  /**
   * Lays the work out and shows what is kept of it. While work runs, what is shown stays.
   *
   * @param values the store's own, as far as they fit what is compared
   * @param kept what a later visit shows it by; null where that cannot be kept
   */
  async prepare(given: GivenUpdates, values: Values, kept: (() => Json | null) | null = null): Promise<void> {
    if (this.run.running) return;
    try {
      const plan = this.analysis.plan(given, values);
      this.problem = null;
      const lay = (other: boolean): void => {
        if (other) this.#leave();
        this.#laid = { plan, values };
        this.next = plan;
      };
      const part =
        kept &&
        ((): Promise<ShownPart | null> =>
          Promise.resolve(shownUpdates(this.analysis, plan, values as SettingValues, kept())));
      await this.run.showWork(plan, lay, part);
    } catch (error) {
      this.fail(named(error));
    }
  }

  /** Other work is set than what is shown. */
  #leave(): void {
    if (!this.run.former) this.#former = this.#laid;
  }

  /** Nothing is compared, for a reason or because too little is open. @param stays as of `StudyRun.leave` */
  fail(problem: NamedError | null, stays = true): void {
    if (this.run.running) return;
    this.#leave();
    this.#laid = null;
    this.next = null;
    this.problem = problem;
    this.run.leave(stays);
  }

  /** Runs what it was last prepared for; resolves when that is over, however it ended. */
  async start(computers: Computers, notices: readonly string[]): Promise<void> {
    const plan = this.next;
    if (!plan) return;
    const computing = { device: computers.gpu ? 'webgpu' : 'cpu', threads: computers.threads.size } as const;
    const work = this.#measured.measuring(plan.identity, computing, (long: LongWork<Record> & WithVerifier) =>
      plan.run(computers, long),
    );
    await this.run.run(wordsOf(this.analysis).work, (long, notice) => {
      notices.forEach(notice);
      return work(long);
    });
  }
}
