import type { EngineApi } from '../../engine/protocol.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { version } from '../../../package.json';
import { experimentsOf } from '../../evaluation/results/experiments-of.ts';
import { resultPieces, type ResultPieces } from '../../evaluation/results/write.ts';
import { transferFacts } from '../../evaluation/results/facts.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { type MetricRow, metricTable } from '../../evaluation/tables/metric-table.ts';
import { blockVariant, subjectVariant, type Variant } from '../../evaluation/variant.ts';
import { STANDARD_BLOCKS } from '../../merge/recipe/blocks.ts';
import type { Metric } from '../../grading/metrics.ts';
import type { NamedError } from '../../named-error.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { isCancelled } from '../../work/cancel.ts';
import { AnswerRun, type Plan } from '../evaluation/answer-run.svelte.ts';
import { answererOf } from '../evaluation/engine-answerer.ts';
import { QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import { openResults } from '../../reading/client.ts';
import type { PathFile } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import { presetOf } from '../layer-strip/regions.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { named } from '../../named.ts';
import type { Stitch } from '../state/stitch.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** Merges of IN and RL, and whatever is stitched, on the three metrics. */
export class TransferEvaluation {
  readonly choice: QuestionChoice;
  readonly #importing: Importing;
  readonly run: AnswerRun;
  /** Whether the stitch of Try it is asked too. */
  withStitch = $state(false);
  /** Results of another run, the reference's or ours, shown in place of this one's. */
  opened = $state.raw<{
    readonly answers: readonly GradedAnswer[];
    readonly rows: readonly MetricRow[];
  } | null>(null);
  openError = $state.raw<NamedError | null>(null);
  recipe = $state('OpenMMReasoner');
  pick = $state.raw<{ readonly row: string; readonly column: Metric } | null>(null);
  readonly reference = 'IN';
  readonly #family: Family;
  readonly #stitch: Stitch;
  readonly #view: View;
  readonly #images: ImageChoice;

  constructor(
    engine: EngineApi,
    stores: {
      readonly family: Family;
      readonly stitch: Stitch;
      readonly view: View;
      readonly images: ImageChoice;
    },
    jobs: Jobs,
    journals: Journals,
  ) {
    this.#family = stores.family;
    this.#stitch = stores.stitch;
    this.#view = stores.view;
    this.#images = stores.images;
    this.choice = new QuestionChoice(jobs);
    this.#importing = new Importing(jobs, 'Reading results');
    this.run = new AnswerRun('evaluation', 'Evaluating merges', answererOf(engine), journals, jobs);
  }

  graded = $derived.by(() => this.opened?.answers ?? this.run.graded);
  rows = $derived.by(() => this.opened?.rows ?? metricTable(this.run.graded, this.reference));

  /** Rows and whose they are, in the order of asking; before anything is asked too. */
  names = $derived.by((): readonly Pick<MetricRow, 'name' | 'variant'>[] =>
    this.rows.length > 0 ? this.rows : ['Base', ...STANDARD_BLOCKS].map((name) => ({ name, variant: name })),
  );

  get needs(): string | null {
    const labels = this.#family.loaded.map(({ identity }) => identity.label);
    return labels.includes('IN') && labels.includes('RL') ? null : 'Load IN and RL.';
  }

  prepare(): Promise<void> {
    return this.run.prepare(() => this.#plan());
  }

  async open(found: readonly PathFile[]): Promise<void> {
    try {
      const files = new Map(found.map(({ path, file }) => [path, file]));
      this.opened = await this.#importing.read(async (reading) => {
        const results = await openResults(files, reading);
        const { metrics } = await results.tables(this.reference);
        results.close();
        return { answers: results.answers, rows: metrics };
      });
      this.openError = null;
    } catch (thrown) {
      const error = named(thrown);
      this.openError = isCancelled(error) ? null : error;
    }
  }

  /** The result folder of what is shown, in the reference's layout. */
  async files(): Promise<ResultPieces> {
    await this.run.whenGraded();
    if (this.opened) return this.#written({ version, opened: true });
    const { loaded } = this.#family;
    const residents = loaded.map(({ identity, checkpoint, model }) => ({
      ...{ label: identity.label, checkpoint, model },
    }));
    const settings = this.choice.settings(loaded, this.#images.reading);
    const layers = loaded[0]?.checkpoint.layers ?? 0;
    const cuts = this.#view.cuts(layers);
    const chosen = presetOf(cuts, layers) === 'thirds' ? null : cuts;
    const { total, done, origin } = this.run;
    const answers = { total, done, ...originFacts(origin) };
    const facts = transferFacts(residents, settings, chosen, answers, this.choice.seed);
    return this.#written({ frankenscope: facts });
  }

  #written(provenance: object): ResultPieces {
    return resultPieces(this.rows, this.graded, experimentsOf(this.graded), provenance);
  }

  async #plan(): Promise<Plan | null> {
    if (this.needs !== null) return null;
    const { loaded } = this.#family;
    const own = loaded.filter(({ identity }) => ['Base', 'IN', 'RL'].includes(identity.label));
    const donors = Object.fromEntries(own.map((slot) => [slot.identity.label, slot]));
    const layers = own[0]?.checkpoint.layers ?? 0;
    const cuts = this.#view.cuts(layers);
    const settings = this.choice.settings(loaded, this.#images.reading);
    const [stitched, withStitch] = [this.#stitch.subject, this.withStitch && this.#stitch.stitched];
    const sets = await this.choice.sets();
    const blocks = [...('Base' in donors ? ['Base'] : []), ...STANDARD_BLOCKS];
    const variants: Variant[] = [];
    for (const name of blocks) variants.push(await blockVariant(name, donors, cuts));
    if (withStitch && stitched) variants.push(await subjectVariant('Your stitch', stitched, loaded));
    return { variants, experiments: transferExperiments(sets), settings };
  }
}
