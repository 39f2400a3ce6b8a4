import { CHECK_FILE } from '../../../analyses/necessity/analysis.ts';
import type { Evaluation } from '../../../analyses/evaluation.ts';
import { EVALUATIONS, PROBES, UPDATES } from '../../../analyses/registry.ts';
import { defaultValues, type SettingValues } from '../../../analyses/setting-values.ts';
import type { Probe } from '../../../analyses/probe.ts';
import type { Updates } from '../../../analyses/updates.ts';
import { claimsOfRun, type RunAnalysis } from '../../../claims/claims-of-run.ts';
import { answerJournals, answersJournalled } from '../../../evaluation/answers/kept-answers.ts';
import { demoItems } from '../../../evaluation/samples/demo-items.ts';
import { drawSets } from '../../../evaluation/samples/draw.ts';
import { gradeAll, type GradedAnswer } from '../../../evaluation/tables/graded.ts';
import type { SampleChoice } from '../../../probes/sampling/choice.ts';
import { workKey, type WorkIdentity } from '../../../identity/work-identity.ts';
import { bodyOf } from '../../layer-strip/layer-axis.ts';
import { NamedError } from '../../../named-error.ts';
import { isRole, ROLE_LABELS } from '../../../roles.mjs';
import {
  analysisResult,
  inTurn,
  type Journalled,
  runProbe,
  runUpdates,
  updatesFindings,
} from '../../../study/run/run-analysis.ts';
import { runJournalled } from '../../../study/run-journalled.ts';
import { keptComparison, shownUpdates } from '../../../study/shown/comparison.ts';
import { shownEvaluation } from '../../../study/shown/evaluation-given.ts';
import { shownProbe } from '../../../study/shown/probe-given.ts';
import type { ShownPart } from '../../../study/shown/part.ts';
import type { StudyAnalysis, StudySpec } from '../../../study/spec.ts';
import type { AnalysisResult, StudyResult } from '../../../study/study-result.ts';
import { version } from '../../../version.ts';
import { abortable, cancelled, throwIfCancelled } from '../../../work/cancel.ts';
import { buildName } from '../../../work/modules.ts';
import { Yielder } from '../../../work/turns.ts';
import { PREPARING } from '../../analyses/preparing.ts';
import { titleOf } from '../../analyses/title-of.ts';
import { Comparison } from '../../characterize/comparison.svelte.ts';
import type { Characterize } from '../../characterize/characterize.svelte.ts';
import type { Demo } from '../../demo/demo.svelte.ts';
import type { Localize } from '../../localize/localize.svelte.ts';
import { committedPairs, committedQuestions } from '../../localize/sets.ts';
import { asked } from '../../state/asked-slot.ts';
import { failureOf } from '../../state/failure.ts';
import type { Family } from '../../state/family.svelte.ts';
import type { ImageChoice } from '../../state/image-choice.svelte.ts';
import type { Jobs } from '../../state/jobs.svelte.ts';
import type { KeptResults } from '../../state/kept-results.svelte.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import type { LoadedSlot, Slot } from '../../state/slot.svelte.ts';
import { shownModel } from '../../state/stand-in.ts';
import type { StudySurroundings } from '../../state/study-surroundings.ts';
import { t } from '../texts.ts';
import { keepSeconds } from './analysis-seconds.ts';
import { committedAt, type RunChoice, slotOf } from './study-models.ts';

/** The one job of a study, whichever of its analyses is under way. */
const JOB = 'study';

/** What a run takes of the app. */
export interface AroundRun {
  readonly family: Family;
  readonly demo: Demo;
  readonly images: ImageChoice;
  readonly jobs: Jobs;
  readonly kept: KeptResults;
  readonly localize: Pick<Localize, 'engine'>;
  readonly characterize: Pick<Characterize, 'device'>;
}

/** Keeps what a study found so far, and resolves to the id under which. */
type Keep = (result: StudyResult, id: string | null) => Promise<string>;

interface Under {
  /** Of the study. */
  readonly id: string;
  /** Of the analysis that is under way. */
  readonly title: string;
  /** From 1. */
  readonly place: number;
  readonly total: number;
}

/**
 * A study's analyses one after another, with the journals of the pages: what was cut off goes on where it stopped, here or there. Each
 * that is done stands in the study's file at once.
 */
export class StudyRunner {
  /** What is under way; null where nothing is. */
  under = $state.raw<Under | null>(null);
  error = $state.raw<NamedError | null>(null);
  notices = $state.raw<readonly string[]>([]);
  readonly #app: AroundRun;
  readonly #around: StudySurroundings;
  readonly #keep: Keep;
  #controller: AbortController | null = null;
  /** Of the run under way. */
  #results = new Map<StudyAnalysis, AnalysisResult>();
  /** What it found earlier, by folder. */
  #before = new Map<string, AnalysisResult>();

  constructor(app: AroundRun, around: StudySurroundings, keep: Keep) {
    this.#app = app;
    this.#around = around;
    this.#keep = keep;
    around.journals.weights.onWithdrawn(({ works }) => {
      const gone = new Set(works.map(({ key }) => key));
      for (const found of [this.#results, this.#before] as readonly Map<unknown, AnalysisResult>[])
        for (const [analysis, { works: own }] of found)
          if (own.some(({ key }) => gone.has(key))) found.delete(analysis);
    });
  }

  readonly #notice = (notice: string): void => {
    this.notices = [...this.notices, notice];
  };

  cancel(): void {
    this.#controller?.abort(cancelled());
  }

  /**
   * Runs a study to its end; resolves when that is over, however it ended.
   *
   * @param begun what is kept of it, which stays until it is found again; null begins a study of its own
   */
  async run(choice: RunChoice, begun: Pick<OpenedStudy, 'id' | 'result'> | null): Promise<void> {
    if (this.#controller) return;
    const { jobs, kept } = this.#app;
    const { journals } = this.#around;
    const { signal } = (this.#controller = new AbortController());
    this.error = null;
    this.notices = [];
    const { spec } = choice;
    const turns = inTurn({ analyses: choice.runs });
    const results = (this.#results = new Map<StudyAnalysis, AnalysisResult>());
    const judgedBy = new Map<StudyAnalysis, RunAnalysis>();
    const before = (this.#before = new Map(begun?.result.analyses.map((one) => [one.folder, one])));
    const result = (claims?: StudyResult['claims']): StudyResult => ({
      ...{ spec: spec.given, name: spec.name },
      analyses: spec.analyses.flatMap((one) => results.get(one) ?? before.get(one.folder) ?? []),
      ...(claims ? { claims } : {}),
      frankenscope: { version, run: { build: buildName() } },
    });
    try {
      const id = begun?.id ?? (await this.#keep(result(), null));
      // Withdrawn as weights changed meanwhile, one has its turn again.
      for (;;) {
        const index = turns.findIndex((one) => !results.has(one));
        const analysis = turns[index];
        if (!analysis) break;
        throwIfCancelled(signal);
        const title = titleOf(analysis.declaration.name);
        this.under = { id, title, place: index + 1, total: turns.length };
        const report = jobs.track(JOB, t.run.job(spec.name, index + 1, turns.length, title), () =>
          this.cancel(),
        );
        let isFresh = true;
        const journalled: Journalled = (identity, total, work) =>
          runJournalled(journals, identity, total, work, {
            ...{ signal, onProgress: report },
            onNotice: this.#notice,
            onFinished: ({ size }) => (isFresh &&= size === 0),
          });
        if (choice.isDemo) await this.#demoOpened(spec, signal);
        const run = { spec, analysis, signal, journalled, report };
        const begins = performance.now();
        const ran = await this.#resultOf(run);
        if (isFresh) keepSeconds(spec, analysis, (performance.now() - begins) / 1000);
        results.set(analysis, ran.result);
        judgedBy.set(analysis, ran.judgedBy);
        await this.#keep(result(), id);
        await kept.askShown();
      }
      const yielder = new Yielder();
      const claims = await claimsOfRun(journals, [...judgedBy.values()], {
        pause: () => yielder.pause(),
        prepare: async (records) => PREPARING.get('ablate')?.prepare(records),
      });
      await this.#keep(result(claims), id);
    } catch (error) {
      this.error = failureOf(error);
    } finally {
      jobs.end(JOB);
      this.under = null;
      this.#controller = null;
    }
  }

  /** Opens what of the demo family is not open yet. Its models are loaded meanwhile: what is read from disk waits for none. */
  async #demoOpened(spec: StudySpec, signal: AbortSignal): Promise<void> {
    const { demo, family, jobs } = this.#app;
    const isOpen = (): boolean => [...spec.folders.keys()].every((name) => slotOf(family, spec, name));
    if (isOpen()) return;
    void demo.open();
    await abortable(
      () => until(() => isOpen() || demo.phase.kind !== 'opening'),
      signal,
      () => jobs.list.find(({ id }) => id === 'demo')?.cancel(),
    );
    if (demo.phase.kind === 'failed') throw demo.phase.error;
    if (!isOpen()) throw cancelled();
  }

  #resultOf(run: AnalysisRun): Promise<RanHere> {
    const { name } = run.analysis.declaration;
    const [probe, updates, evaluation] = [PROBES.get(name), UPDATES.get(name), EVALUATIONS.get(name)];
    if (probe) return this.#ofProbe(run, probe);
    if (updates) return this.#ofUpdates(run, updates);
    if (evaluation) return this.#ofEvaluation(run, evaluation);
    throw new TypeError(`no analysis is called "${name}"`);
  }

  async #ofUpdates(run: AnalysisRun, updates: Updates): Promise<RanHere> {
    const { analysis, journalled, signal } = run;
    const { family, characterize } = this.#app;
    const slots = this.#slots(run);
    const values: SettingValues = { ...defaultValues(updates.declaration.settings), ...analysis.settings };
    const { set, identities } = await abortable(
      () => new Comparison(family.folders).checkpoints(slots, []),
      signal,
    );
    const wanted = updates.declaration.computers === 'gpu' ? characterize.device : 'cpu';
    const computers = await this.#around.computers(wanted, this.#notice);
    try {
      const { computer } = computers;
      const plan = updates.plan({ checkpoints: set, computer }, values);
      const records = await runUpdates(plan, computers, journalled);
      const labelOf = (name: string): string => identities.get(name)?.label ?? name;
      const findings = updatesFindings(updates, plan, values, plan.file(records), { labelOf });
      const [{ checkpoint } = { checkpoint: null }] = slots;
      const body = checkpoint ? bodyOf(checkpoint) : family.body;
      const part = shownUpdates(
        updates,
        plan,
        values,
        keptComparison({ body, set, identities, computer }, values),
      );
      return await this.#ran(analysis, {
        ...{ works: [plan.identity], part, findings },
        files: [updates.declaration.file],
      });
    } finally {
      computers.dispose();
    }
  }

  async #ofProbe(run: AnalysisRun, probe: Probe): Promise<RanHere> {
    const { analysis, journalled } = run;
    const { declaration } = probe;
    const values: SettingValues = { ...defaultValues(declaration.settings), ...analysis.settings };
    const { samples, source } = await samplesOf(probe, analysis);
    const { slots, ...given } = await this.#given(run, probe);
    const { plan, records, findings } = await runProbe(probe, { ...given, samples }, values, journalled);
    const models = slots.map(shownModel);
    const chosen = declaration.compares ? null : (models[0]?.label ?? null);
    const { reading } = given;
    const part = await shownProbe(probe, plan, { models, chosen, source, values, reading, samples });
    const files = plan.files(records).map(({ path }) => path);
    return this.#ran(analysis, { works: [plan.identity], part, files, findings });
  }

  /** Its answers are kept under the checkpoints that gave them, whoever asks. */
  async #ofEvaluation(run: AnalysisRun, evaluation: Evaluation): Promise<RanHere> {
    const { analysis, journalled } = run;
    const values: SettingValues = { ...defaultValues(evaluation.declaration.settings), ...analysis.settings };
    const { samples, seed } = values as unknown as SampleChoice;
    const drawn = drawSets(await demoItems(), { samples, seed });
    const { slots, ...given } = await this.#given(run, evaluation);
    const plan = await evaluation.plan({ ...given, samples: drawn }, values);
    const answers = await answersJournalled(
      plan.asks,
      (identity, total, work) => journalled(identity, total, work),
      (work) => plan.run(work),
    );
    const graded = gradeAll(plan.asks, answers);
    const findings = evaluation.findings(evaluation.table(graded, values), values);
    const works = answerJournals(plan.asks).map(({ identity }) => identity);
    const files = [...(await plan.files({ graded, done: plan.total })).keys()];
    const { reading } = given;
    const models = slots.map(shownModel);
    const part = await shownEvaluation(evaluation, plan.total, {
      ...{ models, values, reading, cuts: null, sets: null, stitch: null },
    });
    const ran = { works, part, findings };
    const { measuresUpdates = false } = evaluation.declaration;
    return this.#ran(analysis, { ...ran, graded, files: measuresUpdates ? [...files, CHECK_FILE] : files });
  }

  /** Keeps what shows its records. */
  async #ran(analysis: StudyAnalysis, { works, part, files, findings, graded }: Ran): Promise<RanHere> {
    const { name } = analysis.declaration;
    const [first] = works;
    if (part && first) await this.#around.journals.keepShown(first, name, part);
    const paths = files.map((path) => `${analysis.folder}/${path}`);
    return {
      result: await analysisResult(analysis, { works, files: paths, findings: [...findings] }),
      judgedBy: {
        name,
        work: part && first ? { ...part, key: await workKey(first), kind: first.kind, analysis: name } : null,
        ...(graded ? { graded } : {}),
      },
    };
  }

  /** What an analysis of models is given besides samples. @throws NamedError `MissingFlag`; those of loading */
  async #given(run: AnalysisRun, { needs }: Pick<Probe | Evaluation, 'needs'>) {
    const { localize, images } = this.#app;
    const { analysis, signal, report } = run;
    const slots = await this.#loaded(run);
    const models = slots.map(asked);
    const missing = needs(models);
    if (missing !== null)
      throw new NamedError('MissingFlag', missing, { field: analysis.field }, 'name its models');
    const work = { signal, onProgress: report };
    return { slots, engine: localize.engine, models, reading: images.reading, work };
  }

  /** In the order of the analysis's flags. @throws NamedError `NotOpen` */
  #slots({ spec, analysis }: AnalysisRun): readonly Slot[] {
    return [...spec.folders.keys()]
      .filter((name) => [...analysis.models.values()].some((names) => names.includes(name)))
      .map((name) => {
        const slot = slotOf(this.#app.family, spec, name);
        if (slot) return slot;
        const label = isRole(name) ? ROLE_LABELS[name] : name;
        const folder = spec.folders.get(name) ?? '';
        throw new NamedError(
          'NotOpen',
          `${label} (${folder}) is not open`,
          {},
          'open its folder and run again',
        );
      });
  }

  /** Those that an analysis asks, loaded. @throws NamedError those of loading */
  async #loaded(run: AnalysisRun): Promise<readonly LoadedSlot[]> {
    const { family } = this.#app;
    const loaded: LoadedSlot[] = [];
    for (const slot of this.#slots(run)) {
      if (slot.state.kind === 'loading')
        await abortable(() => until(() => slot.state.kind !== 'loading'), run.signal);
      await abortable(
        () => family.load(slot),
        run.signal,
        () => family.cancelLoad(slot),
      );
      const { state, identity } = slot;
      if (state.kind === 'loaded')
        loaded.push({ identity, checkpoint: state.checkpoint, model: state.model });
      else throw ('error' in state && state.error) || cancelled();
    }
    return loaded;
  }
}

/** What an analysis came to. */
interface Ran {
  readonly works: readonly WorkIdentity[];
  readonly part: ShownPart | null;
  /** Names of what the command writes of it: the study's file says the same, whoever ran it. */
  readonly files: readonly string[];
  readonly findings: readonly string[];
  readonly graded?: readonly GradedAnswer[];
}

interface RanHere {
  readonly result: AnalysisResult;
  readonly judgedBy: RunAnalysis;
}

interface AnalysisRun {
  readonly spec: StudySpec;
  readonly analysis: StudyAnalysis;
  readonly signal: AbortSignal;
  readonly journalled: Journalled;
  readonly report: ReturnType<Jobs['track']>;
}

/** @throws NamedError those of reading */
async function samplesOf(probe: Probe, { samples: place }: StudyAnalysis) {
  const source = committedAt(probe, place);
  if (source === null) throw new TypeError(`"${place ?? ''}" is none of the app's sets`);
  if (source === 'pairs' || source === 'minimal-pairs')
    return { source, samples: await committedPairs(source) };
  const { samples, ...list } = await committedQuestions(source);
  return { source, samples: { ...list, name: source, source: samples } };
}

/** Resolves once it is so. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = $effect.root(() => {
      $effect(() => {
        if (!isSo()) return;
        resolve();
        queueMicrotask(() => stop());
      });
    });
  });
}
