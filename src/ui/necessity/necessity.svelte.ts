import { analysis as energy } from '../../analyses/energy/analysis.ts';
import type { EvaluationPlan, GivenEvaluation } from '../../analyses/evaluation.ts';
import { analysis, REFERENCE } from '../../analyses/necessity/analysis.ts';
import { declaration } from '../../analyses/necessity/declaration.mjs';
import { freezeConfigs, type FreezeConfig } from '../../analyses/necessity/freeze-config.ts';
import { freezeFinding, type FreezeFinding, updatesFromIn } from '../../analyses/necessity/frozen-check.ts';
import { piecesWithRun } from '../../analyses/run-block.ts';
import { firstValues } from '../../analyses/setting-values.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { ResultPieces } from '../../evaluation/results/write.ts';
import type { Variant } from '../../evaluation/variant.ts';
import type { Metric } from '../../grading/metrics.ts';
import { regionSpans, type Region } from '../../regions.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { changedSince } from '../analyses/changed-since.ts';
import { wordsOf } from '../analyses/words-of.ts';
import type { Characterize } from '../characterize/characterize.svelte.ts';
import { AnswerRun } from '../evaluation/answer-run.svelte.ts';
import { KeptEvaluation } from '../evaluation/kept-evaluation.ts';
import { type EvaluationForm, QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import { evaluationFacts, type WithFacts } from '../figure-source/evaluation-facts.ts';
import { answering, asked } from '../state/asked-slot.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { ListedWork } from '../state/shown-part.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import { t as states } from '../state/texts.ts';
import type { View } from '../state/view.svelte.ts';

/** A run's update by region, with the slot's name. */
export interface NamedFinding extends FreezeFinding {
  readonly label: string;
}

/** IN, RL and runs with a frozen region, whole: the same metrics, the check of the freeze, settings for one's own. */
export class Necessity {
  readonly choice: QuestionChoice;
  readonly addressed: EvaluationForm;
  readonly kept: KeptEvaluation;
  readonly run: AnswerRun<Variant, WithFacts<EvaluationPlan>>;
  readonly reference = REFERENCE;
  region = $state<Region>('early');
  vision = $state<'frozen' | 'trained'>('frozen');
  pick = $state.raw<{ readonly row: string; readonly column: Metric } | null>(null);
  readonly #engine: EngineApi;
  readonly #family: Family;
  readonly #view: View;
  readonly #images: ImageChoice;
  readonly #characterize: Characterize;

  constructor(
    engine: EngineApi,
    stores: {
      readonly family: Family;
      readonly view: View;
      readonly characterize: Characterize;
      readonly images: ImageChoice;
    },
    jobs: Jobs,
    journals: Journals,
  ) {
    this.#engine = engine;
    this.#family = stores.family;
    this.#view = stores.view;
    this.#images = stores.images;
    this.#characterize = stores.characterize;
    this.choice = new QuestionChoice(jobs);
    this.addressed = this.choice.addressed(declaration);
    this.kept = new KeptEvaluation(analysis, this.choice, this.addressed, stores);
    this.run = new AnswerRun(
      'necessity',
      () => states.jobs.evaluatingFrozen,
      journals,
      jobs,
      answering(engine, () => stores.family.loaded),
    );
  }

  rows = $derived.by(() => analysis.table(this.run.graded, this.#values));

  /** What was found, in sentences. */
  sentences = $derived.by(() => analysis.findings(this.rows, this.#values, wordsOf(analysis)));

  get needs(): string | null {
    return this.#missing ?? this.#family.standInNeeds;
  }

  /** What is missing before it can be laid out, and what is kept of it shown. */
  get #missing(): string | null {
    const missing = analysis.needs(this.asked.map(asked), wordsOf(analysis));
    return this.#family.standIn ? missing : (this.#family.weightsOnly ?? missing);
  }

  /** Shows answers as they were given: no model is loaded for it. @throws NamedError those of `KeptEvaluation.restore` */
  async showKept(work: ListedWork): Promise<void> {
    this.kept.restore(work);
    await this.prepare();
  }

  prepare(): Promise<void> {
    let part: ReturnType<KeptEvaluation['part']> = null;
    return this.run.prepare(
      (work) => this.#plan(work, (models, samples) => (part = this.kept.part(models, samples))),
      () => part,
    );
  }

  /** What the command writes; the check of the freeze where all weights were read. */
  async files(): Promise<ResultPieces> {
    await this.run.whenGraded();
    const { plan, graded, done, origin, figures } = this.run;
    const { plan: updates, run, values } = this.#energy;
    if (!plan) return new Map();
    const files = await plan.files({
      ...{ graded, done, origin: originFacts(origin) },
      ...(updates && this.measured
        ? { updates: { plan: updates, records: run.records, rounding: values.rounding } }
        : {}),
    });
    return piecesWithRun(files, figures);
  }

  get #energy() {
    return this.#characterize.of(energy);
  }

  /** What each update did to each region, from the energies measured so far. */
  findings = $derived.by((): readonly NamedFinding[] => {
    const { plan, run } = this.#energy;
    if (!plan || run.records.size === 0) return [];
    const cuts = this.#view.cuts(plan.pairing.layers);
    return updatesFromIn(plan.deltas).map((delta) => ({
      ...freezeFinding(run.records, delta.key, delta.from, cuts),
      label: this.#characterize.shown([delta])[0]?.label ?? delta.to,
    }));
  });

  /** Whether all of the weights that are open were read. */
  get measured(): boolean {
    const { plan, run } = this.#energy;
    return plan !== null && run.former === null && run.records.size === plan.total;
  }

  /** Of what the findings are, where that is not what is open now. */
  formerUpdates = $derived.by((): string | null => {
    const { run, facts, nextFacts, analysis } = this.#energy;
    return run.former && facts && changedSince(facts, nextFacts, analysis);
  });

  /** Trainer settings that freeze the chosen region at the cuts on screen. */
  configs = $derived.by((): readonly FreezeConfig[] => {
    const { layers } = this.#family.body;
    const spans = regionSpans(this.#view.cuts(layers), layers);
    const { first = 1, last = layers } = spans.find(({ region }) => region === this.region) ?? {};
    const checkpoint = this.#family.opened[0]?.checkpoint;
    return freezeConfigs({
      layers,
      first,
      last,
      vision: this.vision,
      tiedHead: checkpoint?.tiedHead ?? false,
    });
  });

  /** Base is no part of the comparison. */
  get asked(): readonly LoadedSlot[] {
    return this.#family.present.filter(({ identity }) => identity.label !== 'Base');
  }

  get #values() {
    return { ...firstValues(declaration.settings), ...this.choice.values };
  }

  async #plan(
    work: GivenEvaluation['work'],
    keep: (models: readonly LoadedSlot[], samples: ItemSets) => void,
  ): Promise<WithFacts<EvaluationPlan> | null> {
    if (this.#missing !== null) return null;
    const slots = this.asked;
    const models = slots.map(asked);
    const values = { ...this.#values, cuts: this.#view.cutsText(models[0]?.checkpoint.layers ?? 0) };
    const { reading } = this.#images;
    const samples = await this.choice.sets();
    keep(slots, samples);
    const plan = await analysis.plan(
      { ...{ engine: this.#engine, models, samples, reading }, ...(work ? { work } : {}) },
      values,
    );
    const questions = this.choice.listName;
    return { ...plan, facts: evaluationFacts(analysis, { models, reading, questions }, values) };
  }
}
