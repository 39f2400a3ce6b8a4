import type { AskedModel } from '../../analyses/asked-model.ts';
import type { Plan } from '../../analyses/plan.ts';
import type { Given, PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import type { ResultFile } from '../../analyses/result-file.ts';
import { withRun } from '../../analyses/run-block.ts';
import type { WithVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import { applying, firstValues, settingShapes, type SettingValues } from '../../analyses/setting-values.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { MeasuredRun } from '../../study/measured-run.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { probeFacts } from '../figure-source/probe-facts.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { validSettings } from '../state/kept-settings.ts';
import type { ShownPart } from '../state/shown-part.ts';
import { type Preparing, StudyRun } from '../state/study-run.svelte.ts';

type Long<Record> = LongWork<Record> & WithVerifier;

/** A piece of work with what it was laid out of. */
interface Laid<Values, Record, Sample> {
  readonly plan: Plan<Record, Sample> | null;
  /** Models that it was made of. */
  readonly models: readonly AskedModel[];
  readonly values: Values;
  /** What its charts carry. */
  readonly facts: PageFacts | null;
}

/** What charts draw: the records on show, with the plan, the models and the settings that they are of. */
export interface ShownWork<Values, Record, Sample> extends Laid<Values, Record, Sample> {
  readonly run: StudyRun<Record>;
}

/** One analysis on the page: its settings, the piece of work that they make with what is open, and what was found of it. */
export class ProbeStore<Values = SettingValues, Record = unknown, Sample = unknown> {
  readonly probe: Probe<PairSet | QuestionList, Values, Record, Sample>;
  readonly run: StudyRun<Record>;
  values = $state.raw<Values>() as Values;
  /** Of what is set; null until there is one. */
  plan = $state.raw<Plan<Record, Sample> | null>(null);
  #models = $state.raw<readonly AskedModel[]>([]);
  /** What charts of what is set would carry. */
  facts = $state.raw<PageFacts | null>(null);
  /** What was laid out when other work was last shown than is set now. */
  #former = $state.raw<Laid<Values, Record, Sample> | null>(null);
  #laid: Laid<Values, Record, Sample> | null = null;
  #engine: Given['engine'] | null = null;
  readonly #measured = new MeasuredRun();

  constructor(
    probe: Probe<PairSet | QuestionList, Values, Record, Sample>,
    journals: Journals,
    jobs: Jobs,
    preparing: Preparing<Record> | null = null,
  ) {
    this.probe = probe;
    const { name, settings } = probe.declaration;
    this.run = new StudyRun<Record>(name, journals, jobs, preparing);
    this.values = firstValues(settings) as Values;
  }

  /** What is on show: of what is set, or of the settings before (`StudyRun.former`). */
  get shown(): ShownWork<Values, Record, Sample> {
    const { run, plan, values } = this;
    const laid =
      run.former && this.#former ? this.#former : { plan, values, models: this.#models, facts: this.facts };
    return { run, ...laid };
  }

  /** Takes settings over where they are valid; resolves to the names of those that are not. */
  restore(found: unknown): readonly string[] {
    const { values, bad } = validSettings(found, settingShapes(this.probe.declaration.settings));
    this.values = { ...this.values, ...values };
    return bad;
  }

  set<Name extends keyof Values>(name: Name, value: Values[Name]): void {
    this.values = { ...this.values, [name]: value };
  }

  /**
   * Lays out the work and shows what is kept of it. While work runs, what is shown stays.
   *
   * @param isWanted asked once it is laid out: other settings may be there by then
   * @param keep makes of the plan what a later visit shows it by; null where it cannot
   * @throws NamedError those of reading samples
   */
  async prepare(
    given: Given,
    isWanted: () => boolean = () => true,
    keep: ((plan: Plan<Record, Sample>) => Promise<ShownPart | null>) | null = null,
  ): Promise<void> {
    const { values } = this;
    const { models } = given;
    const applied = applying(this.probe.declaration.settings, values, models);
    const plan = await this.probe.plan(given, applied);
    if (this.run.running || !isWanted()) return;
    const facts = probeFacts(this.probe, given, applied as SettingValues);
    const lay = (other: boolean): void => {
      if (other) this.#leave();
      this.#laid = { plan, models, values, facts };
      this.plan = plan;
      this.#models = models;
      this.#engine = given.engine;
      this.facts = facts;
    };
    await this.run.showWork(plan, lay, keep && (() => keep(plan)));
  }

  /** What is set could not be laid out: what was shown is not of it, and pressing Run says why. */
  fail(): void {
    this.#leave();
    this.#laid = null;
    this.plan = null;
    this.facts = null;
    this.run.leave();
  }

  /** Other work is set than what is shown. */
  #leave(): void {
    if (!this.run.former) this.#former = this.#laid;
  }

  /** Runs what it was last prepared for; resolves when that is over, however it ended. */
  async start(): Promise<void> {
    const { plan } = this;
    const [device, engine] = [this.#models[0]?.model.device, this.#engine];
    if (!plan || !device || !engine) return;
    const work = this.#measured.measuring(plan.identity, { engine, device }, (long: Long<Record>) =>
      plan.run(long),
    );
    await this.run.run(plan.identity.title, work);
  }

  /** Whether each sample has one record; else each answer has. */
  get recordsAreSamples(): boolean {
    const { plan } = this.shown;
    return plan === null || plan.total === plan.cost.samples;
  }

  /** What the command writes, of the records so far. */
  get files(): readonly ResultFile[] {
    const { plan } = this.shown;
    const { records, origin } = this.run;
    if (!plan) return [];
    const figures = origin ? null : this.#measured.figures(plan.identity, records.size);
    return plan.files(records, originFacts(origin)).map((file) => withRun(file, figures));
  }
}
