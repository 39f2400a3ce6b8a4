/** One work of a study, laid out as its page lays it out, and apart from what is open there. */
import type { AskedModel } from '../../analyses/asked-model.ts';
import type { Evaluation, EvaluationPlan } from '../../analyses/evaluation.ts';
import type { Plan } from '../../analyses/plan.ts';
import { type PairSet, type Probe, type QuestionList, readerOf } from '../../analyses/probe.ts';
import { EVALUATIONS, UPDATES } from '../../analyses/registry.ts';
import { defaultValues, type SettingValues } from '../../analyses/setting-values.ts';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import { demoItems } from '../../evaluation/samples/demo-items.ts';
import { drawSets } from '../../evaluation/samples/draw.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import type { Variant } from '../../evaluation/variant.ts';
import type { SampleChoice } from '../../probes/sampling/choice.ts';
import { evaluationAgain } from '../../study/shown/evaluation-given.ts';
import type { Origin } from '../../study/journal/other-builds.ts';
import { PREPARING } from '../analyses/preparing.ts';
import { wordsOf } from '../analyses/words-of.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { Characterize } from '../characterize/characterize.svelte.ts';
import type { ResultFile } from '../characterize/signed.ts';
import { AnswerRun } from '../evaluation/answer-run.svelte.ts';
import { evaluationFacts, type WithFacts } from '../figure-source/evaluation-facts.ts';
import { withOrigin } from '../figure-source/origin.ts';
import { bodyOf, type Coverage } from '../layer-strip/layer-axis.ts';
import { Localize } from '../localize/localize.svelte.ts';
import { asked } from '../state/asked-slot.ts';
import { Donors } from '../state/donors.svelte.ts';
import { Family } from '../state/family.svelte.ts';
import { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { LoadChoice } from '../state/load-choice.svelte.ts';
import type { Machine } from '../state/machine.svelte.ts';
import { CARRIED_STUDY, type OpenedStudy } from '../state/opened-study.ts';
import { type ListedWork, unreadable } from '../state/shown-part.ts';
import { standIn } from '../state/stand-in.ts';
import type { View } from '../state/view.svelte.ts';

/** What it takes of the app. */
export interface AroundStudies {
  readonly localize: Pick<Localize, 'engine'>;
  readonly choice: LoadChoice;
  readonly machine: Machine;
  readonly jobs: Jobs;
  readonly view: View;
}

/** What was asked of models, with what they answered. */
export interface LaidProbe {
  readonly kind: 'probe';
  readonly probe: Probe<PairSet | QuestionList, SettingValues, unknown, unknown>;
  readonly plan: Plan<unknown, unknown>;
  readonly values: SettingValues;
  readonly models: readonly AskedModel[];
  readonly records: readonly unknown[];
  /** Layers of the language model. */
  readonly layers: number;
}

/** What was measured of updates. */
export interface LaidUpdates {
  readonly kind: 'updates';
  readonly analysis: Updates<SettingValues, unknown, ResultFile>;
  readonly plan: UpdatesPlan<unknown, ResultFile>;
  readonly values: SettingValues;
  readonly file: ResultFile;
  readonly layers: number;
}

/** Answers to questions, graded. */
export interface LaidEvaluation {
  readonly kind: 'evaluation';
  readonly evaluation: Evaluation;
  readonly values: SettingValues;
  readonly graded: readonly GradedAnswer[];
}

export type LaidWork = LaidProbe | LaidUpdates | LaidEvaluation;

export class StudyWork {
  readonly family: Family;
  readonly localize: Localize;
  readonly characterize: Characterize;
  readonly work: ListedWork;
  readonly isUpdates: boolean;
  /** Null of what is no evaluation. */
  readonly evaluation: Evaluation | null;
  /** Its answers: they lie in several journals. */
  readonly answers: AnswerRun<Variant, WithFacts<EvaluationPlan>>;
  /** Settings of an evaluation. */
  #values: SettingValues = {};
  /** Who computed it, and when. */
  origin = $state.raw<Origin | null>(null);
  readonly #engine: EngineApi;
  readonly #study: OpenedStudy;
  readonly #view: View;

  constructor(
    { localize: { engine }, choice, machine, jobs, view }: AroundStudies,
    study: OpenedStudy,
    work: ListedWork,
  ) {
    const { journals } = study;
    this.#study = study;
    this.#view = view;
    this.work = work;
    this.isUpdates = UPDATES.has(work.analysis);
    this.evaluation = EVALUATIONS.get(work.analysis) ?? null;
    this.#engine = engine;
    this.answers = new AnswerRun(work.analysis, work.title, journals, jobs);
    const family = (this.family = new Family(engine, choice, machine, jobs, journals.weights));
    this.localize = new Localize(engine, family, new ImageChoice(false), jobs, journals, PREPARING);
    const nothingRuns = () => Promise.reject(new RangeError('what a study shows is run elsewhere'));
    this.characterize = new Characterize({ family, machine, view, jobs }, new Donors(family), {
      ...{ journals, computers: nothingRuns },
    });
  }

  /** How much of the body its charts show. */
  get covers(): Coverage {
    return this.isUpdates ? 'all' : 'llm';
  }

  /** What its charts carry; null before it is laid out. */
  get facts(): PageFacts | null {
    if (this.evaluation) return withOrigin(this.answers.plan?.facts ?? null, this.origin);
    const facts = this.isUpdates ? this.characterize.store.facts : this.localize.store.shown.facts;
    return withOrigin(facts, this.origin);
  }

  /**
   * Lays it out and reads its records: no model is loaded, and no picture read.
   *
   * @throws NamedError `JournalFailed`; `JournalDamaged` where another version of the app measured it
   */
  async lay(): Promise<LaidWork | null> {
    const { work, localize, characterize } = this;
    const { id, journals } = this.#study;
    const origin = await journals.origin(work.key);
    this.origin = origin && id === CARRIED_STUDY ? { ...origin, carried: true } : origin;
    if (this.evaluation) await this.#layAnswers(this.evaluation);
    else if (this.isUpdates) await characterize.showKept(work);
    else await localize.showKept(work, false);
    return this.laid;
  }

  /** Null before it is laid out, and where no record is there. */
  get laid(): LaidWork | null {
    const { evaluation } = this;
    if (evaluation) {
      const { graded } = this.answers;
      return graded.length === 0 ? null : { kind: 'evaluation', evaluation, values: this.#values, graded };
    }
    const { layers } = this.family.body;
    if (this.isUpdates) {
      const { analysis, plan, file, shown, run } = this.characterize.store;
      if (!plan || !file || run.records.size === 0) return null;
      return { kind: 'updates', analysis, plan, values: shown.values, file, layers };
    }
    const { probe, shown } = this.localize.store;
    const { plan, values, models, run } = shown;
    if (!plan || run.found.length === 0) return null;
    return { kind: 'probe', probe, plan, values, models, records: run.found, layers };
  }

  /** @throws NamedError `JournalDamaged` where another version of the app kept it; those of laying out */
  async #layAnswers(evaluation: Evaluation): Promise<void> {
    const given = evaluationAgain(this.work.given);
    const [first] = given?.models ?? [];
    if (!given || !first) throw unreadable(this.work);
    const { sets, reading: kept } = given;
    const values = (this.#values = { ...defaultValues(evaluation.declaration.settings), ...given.values });
    const slots = given.models.map(standIn);
    const reading = { ...new ImageChoice(false).reading, ...kept };
    this.family.standIn = { page: 'study', models: slots, body: bodyOf(first.checkpoint) };
    await this.answers.prepare(async (work) => {
      const samples = sets?.samples ?? drawSets(await demoItems(), values as unknown as SampleChoice);
      const models = slots.map(asked);
      const plan = await evaluation.plan({ engine: this.#engine, models, samples, reading, work }, values);
      const facts = evaluationFacts(evaluation, { models, reading, questions: sets?.name ?? null }, values);
      return { ...plan, facts };
    });
    if (this.answers.error) throw this.answers.error;
  }

  /** What was found, in the language that is spoken: with n and interval, regions cut as the page's are. */
  get sentences(): readonly string[] {
    const { laid, characterize } = this;
    if (!laid) return [];
    if (laid.kind === 'evaluation') {
      const { evaluation, values, graded } = laid;
      return evaluation.findings(evaluation.table(graded, values), values, wordsOf(evaluation));
    }
    const { values, layers } = laid;
    const reader = readerOf(this.#view.cuts(layers), layers);
    if (laid.kind === 'probe') {
      const { probe, records, models } = laid;
      return probe.findings(records, values, models, reader, wordsOf(probe));
    }
    const { analysis, plan, file } = laid;
    const formulas = new Map(characterize.shown(plan.deltas).map(({ key, formula }) => [key, formula]));
    const { scale } = characterize;
    return analysis.findings(
      file,
      plan,
      values,
      { regions: reader.regions, formulas, scale },
      wordsOf(analysis),
    );
  }
}
