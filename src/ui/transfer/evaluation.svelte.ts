import type { EvaluationPlan, GivenEvaluation } from '../../analyses/evaluation.ts';
import { piecesWithRun } from '../../analyses/run-block.ts';
import { firstValues } from '../../analyses/setting-values.ts';
import { analysis as transfer } from '../../analyses/transfer/analysis.ts';
import { declaration } from '../../analyses/transfer/declaration.mjs';
import type { EngineApi } from '../../engine/protocol.ts';
import type { Subject } from '../../engine/subject.ts';
import { version } from '../../version.ts';
import { experimentsOf } from '../../evaluation/results/experiments-of.ts';
import { resultPieces, type ResultPieces } from '../../evaluation/results/write.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import type { MetricRow } from '../../evaluation/tables/metric-table.ts';
import { subjectVariant, type Variant } from '../../evaluation/variant.ts';
import { STANDARD_BLOCKS } from '../../merge/recipe/blocks.ts';
import type { Metric } from '../../grading/metrics.ts';
import type { NamedError } from '../../named-error.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { AnswerRun } from '../evaluation/answer-run.svelte.ts';
import { KeptEvaluation } from '../evaluation/kept-evaluation.ts';
import { type EvaluationForm, QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import { openResults } from '../../reading/client.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { byPath, type PathFile, topOf } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import { evaluationFacts, openedFacts, type WithFacts } from '../figure-source/evaluation-facts.ts';
import { answering, asked } from '../state/asked-slot.ts';
import { failureOf } from '../state/failure.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { ListedWork } from '../state/shown-part.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import { wordsOf } from '../analyses/words-of.ts';
import { t as states } from '../state/texts.ts';
import type { Stitch } from '../state/stitch.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** Slots that merges are made of. */
const DONORS: ReadonlySet<string> = new Set(Object.values(declaration.models).map(({ role }) => role));

/** What it takes of the app. */
interface Stores {
  readonly family: Family;
  readonly stitch: Stitch;
  readonly view: View;
  readonly images: ImageChoice;
}

/** Merges of IN and RL, and whatever is stitched, on the three metrics. */
export class TransferEvaluation {
  readonly choice: QuestionChoice;
  readonly addressed: EvaluationForm;
  readonly kept: KeptEvaluation;
  readonly #importing: Importing;
  readonly run: AnswerRun<Variant, WithFacts<EvaluationPlan>>;
  /** Whether the stitch of Try it is asked too. */
  withStitch = $state(false);
  /** Results of another run, the reference's or ours, shown in place of this one's. */
  opened = $state.raw<{
    readonly answers: readonly GradedAnswer[];
    readonly rows: readonly MetricRow[];
    readonly facts: PageFacts;
  } | null>(null);
  openError = $state.raw<NamedError | null>(null);
  recipe = $state('OpenMMReasoner');
  pick = $state.raw<{ readonly row: string; readonly column: Metric } | null>(null);
  readonly reference = declaration.settings.reference.value;
  readonly #engine: EngineApi;
  readonly #stores: Stores;

  constructor(engine: EngineApi, stores: Stores, jobs: Jobs, journals: Journals) {
    this.#engine = engine;
    this.#stores = stores;
    this.choice = new QuestionChoice(jobs);
    this.addressed = this.choice.addressed(declaration);
    this.kept = new KeptEvaluation(transfer, this.choice, this.addressed, stores);
    this.#importing = new Importing(jobs, () => states.jobs.readingResults);
    this.run = new AnswerRun(
      'evaluation',
      () => states.jobs.evaluatingMerges,
      journals,
      jobs,
      answering(engine, () => stores.family.loaded),
    );
  }

  graded = $derived.by(() => this.opened?.answers ?? this.run.graded);
  rows = $derived.by(() => this.opened?.rows ?? transfer.table(this.run.graded, this.#values));

  /** Rows and whose they are, in the order of asking; before anything is asked too. */
  names = $derived.by((): readonly Pick<MetricRow, 'name' | 'variant'>[] =>
    this.rows.length > 0 ? this.rows : ['Base', ...STANDARD_BLOCKS].map((name) => ({ name, variant: name })),
  );

  get needs(): string | null {
    const { family } = this.#stores;
    return this.#missing ?? family.standInNeeds;
  }

  /** What is missing before it can be laid out, and what is kept of it shown. */
  get #missing(): string | null {
    const { family } = this.#stores;
    const missing = transfer.needs(family.present.map(asked), wordsOf(transfer));
    return family.standIn ? missing : (family.weightsOnly ?? missing);
  }

  /** Shows answers as they were given: no model is loaded for it. @throws NamedError those of `KeptEvaluation.restore` */
  async showKept(work: ListedWork): Promise<void> {
    this.kept.restore(work);
    await this.prepare();
  }

  /** What is shown, in sentences. */
  findings = $derived.by(() => transfer.findings(this.rows, this.#values, wordsOf(transfer)));

  prepare(): Promise<void> {
    let part: ReturnType<KeptEvaluation['part']> = null;
    return this.run.prepare(
      (work) => this.#plan(work, (...asked) => (part = this.kept.part(...asked))),
      () => part,
    );
  }

  async open(found: readonly PathFile[]): Promise<void> {
    try {
      this.opened = await this.#importing.read(async (reading) => {
        const results = await openResults(byPath(found), reading);
        const { metrics } = await results.tables(this.reference);
        results.close();
        const facts = openedFacts(transfer, results.answers, topOf(found));
        return { answers: results.answers, rows: metrics, facts };
      });
      this.openError = null;
    } catch (thrown) {
      this.openError = failureOf(thrown);
    }
  }

  /** The result folder of what is shown, in the reference's layout. */
  async files(): Promise<ResultPieces> {
    await this.run.whenGraded();
    if (this.opened)
      return resultPieces(this.rows, this.graded, experimentsOf(this.graded), { version, opened: true });
    const { plan, graded, done, origin, figures } = this.run;
    if (!plan) return new Map();
    return piecesWithRun(await plan.files({ graded, done, origin: originFacts(origin) }), figures);
  }

  get #values() {
    const { choice, reference } = this;
    return { ...firstValues(declaration.settings), ...choice.values, reference };
  }

  async #plan(
    work: GivenEvaluation['work'],
    keep: (models: readonly LoadedSlot[], samples: ItemSets, stitch: Subject | null) => void,
  ): Promise<WithFacts<EvaluationPlan> | null> {
    if (this.#missing !== null) return null;
    const { present: loaded, standIn } = this.#stores.family;
    const { stitch } = this.#stores;
    const own = this.withStitch && stitch.stitched ? stitch.subject : null;
    const stitched = standIn ? this.kept.stitch : own;
    // A stitch takes layers of whatever is loaded.
    const models = stitched ? loaded : loaded.filter(({ identity }) => DONORS.has(identity.label));
    const layers = models[0]?.checkpoint.layers ?? 0;
    const values = { ...this.#values, cuts: this.#stores.view.cutsText(layers) };
    const { reading } = this.#stores.images;
    const samples = await this.choice.sets();
    keep(models, samples, stitched);
    const further = stitched ? [await subjectVariant('Your stitch', stitched, loaded)] : [];
    const plan = await transfer.plan(
      {
        ...{ engine: this.#engine, models: models.map(asked), further, samples, reading },
        ...(work ? { work } : {}),
      },
      values,
    );
    const questions = this.choice.listName;
    const asking = { models: models.map(asked), reading, questions, stitched: further.length > 0 };
    return { ...plan, facts: evaluationFacts(transfer, asking, values) };
  }
}
