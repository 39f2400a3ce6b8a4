import { analysis as energy } from '../../analyses/energy/analysis.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import { wholeModel } from '../../engine/subject.ts';
import { type Asking, askingHere } from '../../evaluation/answers/asking.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { freezeConfigs, type FreezeConfig } from '../../evaluation/necessity/freeze-config.ts';
import { freezeFinding, type FreezeFinding } from '../../evaluation/necessity/frozen-check.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import { subjectVariant, type Variant } from '../../evaluation/variant.ts';
import type { Metric } from '../../grading/metrics.ts';
import { regionSpans, type Region } from '../../regions.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Characterize } from '../characterize/characterize.svelte.ts';
import { AnswerRun } from '../evaluation/answer-run.svelte.ts';
import { QuestionChoice } from '../evaluation/question-choice.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** A run's update by region, with the slot's name. */
export interface NamedFinding extends FreezeFinding {
  readonly label: string;
}

/** IN, RL and runs with a frozen region, whole: the same metrics, the check of the freeze, settings for one's own. */
export class Necessity {
  readonly choice: QuestionChoice;
  readonly run: AnswerRun;
  readonly reference = 'IN';
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
    this.run = new AnswerRun('necessity', 'Evaluating frozen runs', journals, jobs);
  }

  rows = $derived.by(() => metricTable(this.run.graded, this.reference));

  get needs(): string | null {
    const labels = this.#family.loaded.map(({ identity }) => identity.label);
    if (!labels.includes('IN')) return 'Load IN, and RL or a run with a frozen region.';
    return labels.length < 2 ? 'Load RL or a run with a frozen region beside IN.' : null;
  }

  prepare(): Promise<void> {
    return this.run.prepare((work) => this.#plan(work));
  }

  get #energy() {
    return this.#characterize.of(energy);
  }

  /** What each update did to each region, from the energies measured so far. */
  findings = $derived.by((): readonly NamedFinding[] => {
    const { plan, run } = this.#energy;
    if (!plan || run.records.size === 0) return [];
    const cuts = this.#view.cuts(plan.pairing.layers);
    return plan.deltas
      .filter(({ from, to }) => from === 'in' && to !== 'in')
      .map((delta) => ({
        ...freezeFinding(run.records, delta.key, delta.from, cuts),
        label: this.#characterize.shown([delta])[0]?.label ?? delta.to,
      }));
  });

  /** Whether all of the weights were read. */
  get measured(): boolean {
    const { plan, run } = this.#energy;
    return plan !== null && run.records.size === plan.total;
  }

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

  async #plan(work: Parameters<typeof askingHere>[4]): Promise<Asking | null> {
    if (this.needs !== null) return null;
    const { loaded } = this.#family;
    const asked = loaded.filter(({ identity }) => identity.label !== 'Base');
    const settings = this.choice.settings(loaded, this.#images.reading);
    const sets = await this.choice.sets();
    const variants: Variant[] = [];
    for (const slot of asked) {
      const { id, layers } = slot.checkpoint;
      variants.push(await subjectVariant(slot.identity.label, wholeModel(id, layers), [slot]));
    }
    return askingHere(this.#engine, variants, transferExperiments(sets), settings, work);
  }
}
