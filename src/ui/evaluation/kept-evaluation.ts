import type { Evaluation } from '../../analyses/evaluation.ts';
import type { Subject } from '../../engine/subject.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import { evaluationAgain, shownEvaluation } from '../../study/shown/evaluation-given.ts';
import { bodyOf } from '../layer-strip/layer-axis.ts';
import type { Family, StandIn } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import { type ListedWork, sameValues, type ShownPart, unreadable } from '../state/shown-part.ts';
import type { View } from '../state/view.svelte.ts';
import type { EvaluationForm, QuestionChoice } from './question-choice.svelte.ts';
import { shownModel, standIn } from '../state/stand-in.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';

/** What the page of an evaluation takes of the app. */
interface Surroundings {
  readonly family: Family;
  readonly images: ImageChoice;
  readonly view: View;
}

/** Answers of earlier visits, listed on an evaluation's page and shown there without a model. */
export class KeptEvaluation {
  readonly #evaluation: Pick<Evaluation, 'words'>;
  readonly #choice: QuestionChoice;
  readonly #form: EvaluationForm;
  readonly #around: Surroundings;
  #stitch: { readonly standIn: StandIn; readonly stitch: Subject | null } | null = null;

  constructor(
    evaluation: Pick<Evaluation, 'words'>,
    choice: QuestionChoice,
    form: EvaluationForm,
    { family, images, view }: Surroundings,
  ) {
    this.#evaluation = evaluation;
    this.#choice = choice;
    this.#form = form;
    this.#around = { family, images, view };
  }

  /** What a later visit shows it by; null while that is what is shown. */
  part(
    models: readonly LoadedSlot[],
    samples: ItemSets,
    stitch: Subject | null = null,
  ): ((total: number) => Promise<ShownPart>) | null {
    const { family, images, view } = this.#around;
    if (family.standIn) return null;
    const { brought } = this.#choice;
    const { values } = this.#form;
    const layers = models[0]?.checkpoint.layers ?? 0;
    const cuts = view.cutsText(layers) === null ? null : view.cuts(layers);
    const { reading } = images;
    const sets = brought && { name: brought.name, samples };
    const shown = models.map(shownModel);
    return (total) =>
      shownEvaluation(this.#evaluation, total, { models: shown, values, reading, cuts, sets, stitch });
  }

  /** The stitch of what is shown in place of what is loaded. */
  get stitch(): Subject | null {
    return this.#stitch?.standIn === this.#around.family.standIn ? (this.#stitch?.stitch ?? null) : null;
  }

  /** Whether it is of the settings that the page has. */
  isOf({ given }: ListedWork): boolean {
    const values = evaluationAgain(given)?.values;
    return values !== undefined && sameValues(values, this.#form.values);
  }

  /**
   * Sets the page to what was measured, with models that stand in for those that were asked.
   *
   * @throws NamedError `JournalDamaged` where another version of the app kept it
   */
  restore(work: ListedWork): void {
    const given = evaluationAgain(work.given);
    const [first] = given?.models ?? [];
    if (!given || !first) throw unreadable(work);
    const { family, images, view } = this.#around;
    const { values, cuts, sets, reading, stitch } = given;
    const models = given.models.map(standIn);
    images.restore({ ...reading });
    this.#form.restore(values);
    const { layers } = first.checkpoint;
    if (cuts) view.setCuts(layers, cuts);
    else view.usePreset(layers, 'thirds');
    this.#choice.instead = sets;
    family.standIn = { page: view.page, models, body: bodyOf(first.checkpoint) };
    this.#stitch = { standIn: family.standIn, stitch };
  }
}
