import type { AskedModel } from '../../analyses/asked-model.ts';
import type { Plan } from '../../analyses/plan.ts';
import type { Given, PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import type { ResultFile } from '../../analyses/result-file.ts';
import { applying, firstValues, settingShapes, type SettingValues } from '../../analyses/setting-values.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { probeFacts } from '../figure-source/probe-facts.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { validSettings } from '../state/kept-settings.ts';
import { type Preparing, StudyRun } from '../state/study-run.svelte.ts';

/** One analysis on the page: its settings, the piece of work that they make with what is open, and what was found of it. */
export class ProbeStore<Values = SettingValues, Record = unknown, Sample = unknown> {
  readonly probe: Probe<PairSet | QuestionList, Values, Record, Sample>;
  readonly run: StudyRun<Record>;
  values = $state.raw<Values>() as Values;
  /** Behind what is shown; null until there is one. */
  plan = $state.raw<Plan<Record, Sample> | null>(null);
  /** What its charts carry. */
  facts = $state.raw<PageFacts | null>(null);
  /** Models that it was made of. */
  models = $state.raw<readonly AskedModel[]>([]);

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
   * @throws NamedError those of reading samples
   */
  async prepare(given: Given, isWanted: () => boolean = () => true): Promise<void> {
    const values = applying(this.probe.declaration.settings, this.values, given.models);
    const plan = await this.probe.plan(given, values);
    if (this.run.running || !isWanted()) return;
    this.plan = plan;
    this.facts = probeFacts(this.probe, given, values as SettingValues, plan);
    this.models = given.models;
    await this.run.showWork(plan.identity, plan.total);
  }

  /** Runs what it was last prepared for; resolves when that is over, however it ended. */
  async start(): Promise<void> {
    const { plan } = this;
    if (plan) await this.run.run(plan.identity.title, (long) => plan.run(long));
  }

  /** Whether each sample has one record; else each answer has. */
  get recordsAreSamples(): boolean {
    const { plan } = this;
    return plan === null || plan.total === plan.cost.samples;
  }

  /** What the command writes, of the records so far. */
  get files(): readonly ResultFile[] {
    return this.plan?.files(this.run.records, originFacts(this.run.origin)) ?? [];
  }
}
