import type { EngineApi } from '../../engine/protocol.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { wholeModel } from '../../engine/subject.ts';
import type { NamedError } from '../../named-error.ts';
import { ablateLayer, type AblatedPart, type AblationExperiment } from '../../probes/ablation/experiment.ts';
import { sweepAblations, type AblationRecord } from '../../probes/ablation/sweep.ts';
import type { Definition } from '../../probes/answers/judged.ts';
import { attentionShift, type AttentionRecord } from '../../probes/attention/shift.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import type { Pair } from '../../probes/data/pair.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { UnknownColumns } from '../../probes/data/unknown-columns.ts';
import { listName } from '../../probes/data/row-file.ts';
import { lensOnAnswers, type LensRecord } from '../../probes/lens/lens.ts';
import { sweepPatches, type PatchRecord } from '../../probes/patching/patch.ts';
import { sampleIndices } from '../../probes/sampling/choice.ts';
import type { SwapMode } from '../../probes/swap/mode.ts';
import { pairKey, sweepSwaps, type SwapRecord } from '../../probes/swap/sweep.ts';
import { TASKS, type Task } from '../../probes/task.ts';
import type { Models, ResidentModel } from '../../identity/deciding-inputs.ts';
import { identify } from '../../identity/identify.ts';
import { residentModel } from '../../identity/resident-model.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { LongWork } from '../../work/long-work.ts';
import { keptSettings, validSettings } from '../state/kept-settings.ts';
import { named } from '../state/named.ts';
import { StudyRun } from '../state/study-run.svelte.ts';
import type { AskedColumns, ColumnChoices } from '../files/asked-columns.ts';
import type { PathFile } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import type { LayerPick } from '../charts/layer-lines/series.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { asJobIfLong } from '../state/long-job.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import { LOCALIZE_SETTINGS } from './kept-settings.ts';
import type { NamedList, NamedPairs, QuestionSet } from './sets.ts';
import { gradeAblations } from './grade-ablations.ts';
import { committedPairs, committedQuestions, droppedPairs, droppedQuestions, ownPair } from './sets.ts';

export type ProbeName = 'swap' | 'ablate' | 'attention' | 'lens' | 'patch';
export type PairSource = 'pairs' | 'minimal-pairs' | 'dropped' | 'own';
export type QuestionSource = QuestionSet | 'dropped';

/** A run and what it will cost. */
interface Costed<Record> {
  readonly piece: Piece<Record>;
  readonly samples: number;
  readonly answers: number;
}

/** What is run: its identity, so that it can be gone on with, and how many records it has in all. */
interface Piece<Record> {
  readonly identity: WorkIdentity;
  readonly total: number;
  readonly work: (long: LongWork<Record>) => Promise<unknown>;
}

/** Where the settings last run are kept, so that a reload finds its unfinished work again. */
const KEPT = 'localize';

/** The page's settings and runs; they outlive the page. */
export class Localize {
  probe = $state<ProbeName>('swap');
  /** Name of the slot that is probed by swap and ablation; the first loaded one where it is gone. */
  chosen = $state<string | null>(null);
  definition = $state<Definition>('paper');
  mode = $state<SwapMode>('single');
  tasks = $state.raw<readonly Task[]>(TASKS);
  pairSource = $state<PairSource>('pairs');
  literalImage = $state<'strip' | 'keep'>('strip');
  /** Pairs of each task. */
  pairsPerTask = $state(25);
  swapTokens = $state(64);
  questionSource = $state<QuestionSource>('problems');
  pictureSource = $state<Exclude<QuestionSource, 'problems'>>('general-vqa');
  samples = $state(50);
  seed = $state(123);
  part = $state<AblatedPart>('layer');
  answerTokens = $state(256);
  running = $state<'teacher-forced' | 'free'>('teacher-forced');
  onlyThink = $state(false);
  /** Most rows at once; 0 leaves it to the memory estimate. */
  rows = $state(0);

  /** What was brought: kept beside the committed sets. */
  broughtPairs = $state.raw<NamedPairs | null>(null);
  ownPair = $state.raw<NamedPairs | null>(null);
  broughtQuestions = $state.raw<NamedList<Problem> | null>(null);
  /** A list whose columns have to be told apart by a person. */
  askedColumns = $state.raw<AskedColumns | null>(null);
  setError = $state.raw<NamedError | null>(null);
  /** What of the settings of an earlier visit could not be taken over. */
  keptNotice = $state<string | null>(null);
  /** The set behind what is shown, for pictures beside answers. */
  pairs = $state.raw<ReadonlyMap<string, Pair>>(new Map());
  questions = $state.raw<ReadonlyMap<string, Problem>>(new Map());
  /** What they were drawn from, for what is saved: of pairs those of the chosen tasks. */
  pairPool = $state.raw<NamedPairs['literal'] & { readonly count: number }>({
    literalImage: 'strip',
    literalImages: 0,
    count: 0,
  });
  questionPool = $state.raw<{ readonly name: string; readonly count: number }>({ name: '', count: 0 });
  /** The point whose samples are shown. */
  pick = $state.raw<LayerPick | null>(null);

  readonly swaps: StudyRun<SwapRecord>;
  readonly ablations: StudyRun<AblationRecord>;
  readonly attention: StudyRun<AttentionRecord>;
  readonly lenses: StudyRun<LensRecord>;
  readonly patches: StudyRun<PatchRecord>;
  readonly engine: EngineApi;
  readonly #family: Family;
  readonly #images: ImageChoice;
  readonly #jobs: Jobs;
  readonly #pairImport: Importing;
  readonly #questionImport: Importing;

  constructor(engine: EngineApi, family: Family, images: ImageChoice, jobs: Jobs, journals: Journals) {
    this.engine = engine;
    this.#family = family;
    this.#images = images;
    this.#jobs = jobs;
    this.#pairImport = new Importing(jobs, 'Reading pairs');
    this.#questionImport = new Importing(jobs, 'Reading questions');
    this.#restore();
    this.swaps = new StudyRun('swap', journals, jobs);
    this.ablations = new StudyRun('ablate', journals, jobs, { prepare: gradeAblations });
    this.attention = new StudyRun('attention', journals, jobs);
    this.lenses = new StudyRun('lens', journals, jobs);
    this.patches = new StudyRun('patch', journals, jobs);
  }

  get run(): StudyRun<SwapRecord | AblationRecord | AttentionRecord | LensRecord | PatchRecord> {
    const runs = {
      swap: this.swaps,
      ablate: this.ablations,
      attention: this.attention,
      lens: this.lenses,
      patch: this.patches,
    };
    return runs[this.probe] as ReturnType<() => Localize['run']>;
  }

  /** The model that swap and ablation probe. */
  get model(): LoadedSlot | null {
    const { loaded } = this.#family;
    return loaded.find(({ identity }) => identity.label === this.chosen) ?? loaded.at(-1) ?? null;
  }

  /** Models that attention and lens compare: all that are loaded and of one shape. */
  get compared(): readonly LoadedSlot[] {
    const { loaded } = this.#family;
    const [first] = loaded.slice(-1);
    return loaded.filter(({ checkpoint }) => checkpoint.layers === first?.checkpoint.layers);
  }

  /** Whose answer all read: IN's, which RL started from, with Base beside them, too; else the first one's. */
  get forcedBy(): string {
    const { compared } = this;
    const before = compared.find(({ identity }) => identity.label === 'IN') ?? compared[0];
    return before?.identity.label ?? '';
  }

  /** The experiments of the ablation: every layer by itself. */
  get experiments(): readonly AblationExperiment[] {
    const layers = this.model?.checkpoint.layers ?? 0;
    return Array.from({ length: layers }, (_, layer) => ablateLayer(layer, this.part));
  }

  /** IN and RL, between which states are patched: the last two loaded of one shape. */
  get patched(): readonly [recipient: LoadedSlot, donor: LoadedSlot] | null {
    const byName = (label: string): LoadedSlot | undefined =>
      this.compared.find(({ identity }) => identity.label === label);
    const [recipient, donor] = [byName('IN') ?? this.compared.at(-2), byName('RL') ?? this.compared.at(-1)];
    return recipient && donor && recipient !== donor ? [recipient, donor] : null;
  }

  /** What is missing before the probe can run. */
  get needs(): string | null {
    if (!this.model) return 'Load a model.';
    if (this.probe === 'patch' && !this.patched) return 'Load IN and RL.';
    if (this.probe === 'swap' && this.pairSource === 'dropped' && !this.broughtPairs)
      return 'Choose a pair folder.';
    if (this.probe === 'swap' && this.pairSource === 'own' && !this.ownPair)
      return 'Choose two images and write a question.';
    const source = this.probe === 'ablate' ? this.questionSource : this.pictureSource;
    if (this.probe !== 'swap' && source === 'dropped' && !this.broughtQuestions)
      return 'Choose a list of questions.';
    return null;
  }

  /** How images are read, on this page as on all others. */
  get reading(): Required<ImageReading> {
    return this.#images.reading;
  }

  /** Everything a run depends on besides its models and data, and how images are read. */
  get settings() {
    const { probe, chosen, definition, mode, tasks, pairSource, literalImage, pairsPerTask } = this;
    const { swapTokens, questionSource, pictureSource, samples, seed, part, answerTokens } = this;
    const { running, onlyThink, rows } = this;
    return {
      ...{ probe, chosen, definition, mode, tasks, pairSource, literalImage, pairsPerTask, swapTokens },
      ...{ questionSource, pictureSource, samples, seed, part, answerTokens, running, onlyThink, rows },
    };
  }

  async bringPairs(found: readonly PathFile[]): Promise<void> {
    await this.#bring(async () => {
      const { literalImage } = this;
      this.broughtPairs = await this.#pairImport.read((reading) =>
        droppedPairs(found, literalImage, reading),
      );
      this.pairSource = 'dropped';
    });
  }

  async bringQuestions(found: readonly PathFile[], choices: ColumnChoices = new Map()): Promise<void> {
    this.askedColumns = null;
    await this.#bring(async () => {
      try {
        const brought = await this.#questionImport.read((reading) =>
          droppedQuestions(found, choices, reading),
        );
        this.broughtQuestions?.samples.close();
        this.broughtQuestions = brought;
      } catch (error) {
        if (!(error instanceof UnknownColumns)) throw error;
        this.askedColumns = { unknown: error, files: found, choices };
        return;
      }
      if (this.probe === 'ablate') this.questionSource = 'dropped';
      else this.pictureSource = 'dropped';
    });
  }

  makePair(target: Blob, source: Blob, prompt: string): void {
    this.ownPair = ownPair(target, source, prompt, 'ocr');
    this.pairSource = 'own';
  }

  /** The run that the present settings describe, and its cost. @throws NamedError those of reading the sets */
  async piece(): Promise<Costed<never> | null> {
    const made = await {
      swap: () => this.#swapPiece(),
      ablate: () => this.#ablationPiece(),
      attention: () => this.#attentionPiece(),
      lens: () => this.#lensPiece(),
      patch: () => this.#patchPiece(),
    }[this.probe]();
    return made as Costed<never> | null;
  }

  async start(): Promise<void> {
    await this.#bring(async () => {
      this.#keepSettings();
      const made = await this.piece();
      if (!made) return;
      const { run } = this;
      await run.turnTo(made.piece.identity, made.piece.total);
      await (run as StudyRun<never>).run(made.piece.identity.title, made.piece.work);
    });
  }

  /** Shows what is kept of the run that the present settings describe. */
  async show(): Promise<void> {
    await this.#bring(async () => {
      const made = await this.piece();
      if (made) await this.run.turnTo(made.piece.identity, made.piece.total);
    });
  }

  async #swapPiece(): Promise<Costed<SwapRecord> | null> {
    const { model, mode, tasks, pairsPerTask, swapTokens: maxNewTokens } = this;
    const set = await this.#pairSet();
    if (!model || !set) return null;
    const chosen =
      this.pairSource === 'own' ? set.samples : set.samples.filter(({ task }) => tasks.includes(task));
    const pairs =
      this.pairSource === 'own'
        ? chosen
        : tasks.flatMap((task) => chosen.filter((pair) => pair.task === task).slice(0, pairsPerTask));
    this.pairPool = { ...set.literal, count: chosen.length };
    this.pairs = new Map(pairs.map((pair) => [pairKey(pair), pair]));
    const { layers } = model.checkpoint;
    const probed = Array.from({ length: layers }, (_, layer) => layer);
    const reading = this.reading;
    const identity = identify('swap', titleOf('Token swap', [model], set.name), {
      models: { model: ofSlot(model) },
      samples: await this.#fingerprint(pairs),
      ...{ system: null, layers: probed, mode, maxNewTokens, answerSource: false, ...reading },
    });
    return {
      samples: pairs.length,
      answers: pairs.length * (layers + 1),
      piece: {
        identity,
        total: pairs.length,
        work: (long) =>
          sweepSwaps(
            this.engine,
            pairs,
            {
              subject: wholeModel(model.checkpoint.id, layers),
              layers: probed,
              mode,
              maxNewTokens,
              prompt: reading,
              ...this.#rowsPerBatch,
            },
            long,
          ),
      },
    };
  }

  async #ablationPiece(): Promise<Costed<AblationRecord> | null> {
    const { model, experiments, answerTokens: maxNewTokens } = this;
    const set = await this.#questionSet(this.questionSource);
    if (!model || !set) return null;
    const problems = await this.#drawn(set);
    const { layers } = model.checkpoint;
    const reading = this.reading;
    const identity = identify('ablate', titleOf('Zero ablation', [model], set.name), {
      models: { model: ofSlot(model) },
      samples: await this.#fingerprint(problems),
      ...{ system: null, experiments, prefix: '', maxNewTokens, ...reading },
    });
    return {
      samples: problems.length,
      answers: problems.length * (layers + 1),
      piece: {
        identity,
        total: problems.length,
        work: (long) =>
          sweepAblations(
            this.engine,
            problems,
            {
              subject: wholeModel(model.checkpoint.id, layers),
              experiments,
              maxNewTokens,
              prompt: reading,
              ...this.#rowsPerBatch,
            },
            long,
          ),
      },
    };
  }

  async #attentionPiece(): Promise<Costed<AttentionRecord> | null> {
    const { compared, running, onlyThink, answerTokens: maxNewTokens } = this;
    const set = await this.#questionSet(this.pictureSource);
    if (compared.length === 0 || !set) return null;
    const items = await this.#drawn(set);
    const { forcedBy } = this;
    const [subjects, reading] = [this.#subjects, this.reading];
    const identity = identify('attention', titleOf('Attention shift', compared, set.name), {
      models: modelsOf(compared),
      samples: await this.#fingerprint(items),
      ...{ system: null, running, onlyThink, maxNewTokens, ...reading },
      forcedBy: running === 'free' ? null : forcedBy,
    });
    return {
      samples: items.length,
      answers: items.length * (running === 'free' ? compared.length : 1),
      piece: {
        identity,
        total: items.length,
        work: (long) =>
          attentionShift(
            this.engine,
            items,
            {
              models: subjects,
              running,
              onlyThink,
              forcedBy,
              maxNewTokens,
              prompt: reading,
            },
            long,
          ),
      },
    };
  }

  async #lensPiece(): Promise<Costed<LensRecord> | null> {
    const { compared, answerTokens: maxNewTokens } = this;
    const set = await this.#questionSet(this.pictureSource);
    if (compared.length === 0 || !set) return null;
    const items = await this.#drawn(set);
    const [subjects, reading] = [this.#subjects, this.reading];
    const identity = identify('lens', titleOf('Logit lens', compared, set.name), {
      models: modelsOf(compared),
      samples: await this.#fingerprint(items),
      ...{ system: null, maxNewTokens, ...reading },
    });
    return {
      samples: items.length,
      answers: items.length * compared.length,
      piece: {
        identity,
        total: items.length,
        work: (long) =>
          lensOnAnswers(this.engine, items, { models: subjects, maxNewTokens, prompt: reading }, long),
      },
    };
  }

  async #patchPiece(): Promise<Costed<PatchRecord> | null> {
    const { patched, answerTokens: maxNewTokens } = this;
    const set = await this.#questionSet(this.pictureSource);
    if (!patched || !set) return null;
    const items = await this.#drawn(set);
    const [recipient, donor] = patched;
    const { layers } = recipient.checkpoint;
    const total = items.length * (layers + 3);
    const depths = Array.from({ length: layers + 1 }, (_, depth) => depth);
    const reading = this.reading;
    const identity = identify('patch', titleOf('Cross-checkpoint patching', patched, set.name), {
      models: { recipient: ofSlot(recipient), donor: ofSlot(donor) },
      samples: await this.#fingerprint(items),
      ...{ system: null, depths, maxNewTokens, ...reading },
    });
    return {
      samples: items.length,
      answers: total,
      piece: {
        identity,
        total,
        work: (long) =>
          sweepPatches(
            this.engine,
            items,
            {
              recipient: wholeModel(recipient.checkpoint.id, layers),
              donor: wholeModel(donor.checkpoint.id, layers),
              depths,
              maxNewTokens,
              prompt: reading,
              ...this.#rowsPerBatch,
            },
            long,
          ),
      },
    };
  }

  /**
   * Takes settings over where they are valid.
   *
   * @param found by the names of `settings`; others are left out
   */
  restore(found: Readonly<Record<string, unknown>>): void {
    Object.assign(this, validSettings(found, LOCALIZE_SETTINGS).values);
  }

  /** Private windows and full or blocked storage throw: the run goes on without. */
  #keepSettings(): void {
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.settings));
    } catch {
      this.keptNotice = 'This browser keeps no settings for a later visit.';
    }
  }

  /** The settings of the last run; what was brought is gone with the page, so committed sets take its place. */
  #restore(): void {
    const { values, notice } = keptSettings(KEPT, LOCALIZE_SETTINGS);
    Object.assign(this, values);
    this.keptNotice = notice;
    if (this.pairSource === 'dropped' || this.pairSource === 'own') this.pairSource = 'pairs';
    if (this.questionSource === 'dropped') this.questionSource = 'problems';
    if (this.pictureSource === 'dropped') this.pictureSource = 'general-vqa';
  }

  get #rowsPerBatch(): { readonly rowsPerBatch?: number } {
    return this.rows > 0 ? { rowsPerBatch: this.rows } : {};
  }

  get #subjects(): { name: string; subject: ReturnType<typeof wholeModel> }[] {
    return this.compared.map(({ identity, checkpoint }) => ({
      name: identity.label,
      subject: wholeModel(checkpoint.id, checkpoint.layers),
    }));
  }

  /** Of what was drawn. */
  #fingerprint(samples: readonly (Pair | Problem)[]): Promise<string> {
    return asJobIfLong(this.#jobs, 'Reading pictures', (work) => samplesFingerprint(samples, work));
  }

  async #drawn({ name, samples }: NamedList<Problem>): Promise<readonly Problem[]> {
    this.questionPool = { name: listName(name), count: samples.count };
    const drawn = await samples.at(sampleIndices(samples.count, this.samples, this.seed));
    this.questions = new Map(drawn.map((problem) => [problem.id, problem]));
    return drawn;
  }

  async #pairSet(): Promise<NamedPairs | null> {
    if (this.pairSource === 'dropped') return this.broughtPairs;
    return this.pairSource === 'own' ? this.ownPair : committedPairs(this.pairSource);
  }

  async #questionSet(source: QuestionSource): Promise<NamedList<Problem> | null> {
    if (source === 'dropped') return this.broughtQuestions;
    return committedQuestions(source);
  }

  async #bring(work: () => Promise<void>): Promise<void> {
    this.setError = null;
    try {
      await work();
    } catch (thrown) {
      const error = named(thrown);
      this.setError = error.name === 'Cancelled' ? null : error;
    }
  }
}

/** @param set of samples, as a reader knows it */
function titleOf(what: string, models: readonly LoadedSlot[], set: string): string {
  return `${what} of ${models.map(({ identity }) => identity.label).join(' and ')} on ${set}`;
}

function ofSlot({ checkpoint, model }: LoadedSlot): ResidentModel {
  return residentModel(checkpoint, model);
}

function modelsOf(slots: readonly LoadedSlot[]): Models {
  return Object.fromEntries(slots.map((slot) => [slot.identity.label, ofSlot(slot)]));
}
