/** What an evaluation was laid out of, as it is kept with its answers, and read again. */
import * as v from 'valibot';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { KEPT_MODEL, keptModel, modelAgain, MOST_LAYERS } from '../../study/shown/model.ts';
import { refuseTooMany, withGonePictures, withoutPictures } from '../../study/shown/samples.ts';
import { counted } from '../format/quantity.ts';
import { bodyOf } from '../layer-strip/layer-axis.ts';
import type { Family, StandIn } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import { type ListedWork, sameValues, type ShownPart, unreadable } from '../state/shown-part.ts';
import type { View } from '../state/view.svelte.ts';
import type { EvaluationForm, QuestionChoice } from './question-choice.svelte.ts';
import { shownModel, standIn } from '../state/stand-in.ts';
import { en } from './texts.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';

const items = v.custom<Json>(Array.isArray);
/** By the ids of models, which are kept with these. */
const STITCH = v.object({
  layers: v.pipe(v.array(v.string()), v.maxLength(MOST_LAYERS)),
  rest: v.string(),
  head: v.exactOptional(v.string()),
});
const SHAPE = v.object({
  models: v.pipe(v.array(KEPT_MODEL), v.minLength(1)),
  values: v.record(v.string(), v.unknown()),
  reading: v.record(v.string(), v.unknown()),
  cuts: v.nullable(v.tuple([v.number(), v.number()])),
  /** Asked besides; older ones say nothing of it. */
  stitch: v.optional(v.nullable(STITCH), null),
  /** Null: the demo sets, which are always there. */
  sets: v.nullable(
    v.object({
      name: v.string(),
      samples: v.object({ general: items, mathTargeted: items, textOnly: items, puzzles: items }),
    }),
  ),
});

export interface EvaluationGiven {
  readonly models: readonly LoadedSlot[];
  readonly values: SettingValues;
  readonly reading: Required<ImageReading>;
  /** Last layers of Early and Mid; null for thirds. */
  readonly cuts: readonly [number, number] | null;
  readonly sets: { readonly name: string; readonly samples: ItemSets } | null;
  /** A stitch made by hand that is asked besides. */
  readonly stitch: Subject | null;
}

/** @throws NamedError those of reading pictures */
export async function keptEvaluation({ models, sets, ...rest }: EvaluationGiven): Promise<Json> {
  const samples = sets && { name: sets.name, samples: await withoutPictures(sets.samples) };
  return JSON.parse(
    JSON.stringify({ ...rest, models: models.map((slot) => keptModel(shownModel(slot))), sets: samples }),
  ) as Json;
}

/** Null where another version of the app kept it. */
export function evaluationAgain(
  kept: Json,
): (Omit<EvaluationGiven, 'reading'> & { readonly reading: object }) | null {
  const { success, output } = v.safeParse(SHAPE, kept);
  if (!success) return null;
  const { models, sets, stitch, ...rest } = output;
  const ids = new Set(models.map(({ checkpoint }) => checkpoint.id));
  if (stitch && ![...stitch.layers, stitch.rest, stitch.head ?? stitch.rest].every((id) => ids.has(id)))
    return null;
  return {
    ...rest,
    stitch: stitch as Subject | null,
    models: models.map((kept) => standIn(modelAgain(kept))),
    sets: sets && { name: sets.name, samples: withGonePictures(sets.samples) as ItemSets },
  };
}

/** What the page of an evaluation takes of the app. */
interface Surroundings {
  readonly family: Family;
  readonly images: ImageChoice;
  readonly view: View;
}

/** Answers of earlier visits, listed on an evaluation's page and shown there without a model. */
export class KeptEvaluation {
  readonly #choice: QuestionChoice;
  readonly #form: EvaluationForm;
  readonly #around: Surroundings;
  #stitch: { readonly standIn: StandIn; readonly stitch: Subject | null } | null = null;

  constructor(choice: QuestionChoice, form: EvaluationForm, { family, images, view }: Surroundings) {
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
    const told = this.#choice.toldIn(en);
    const asked = Object.values(samples).reduce((sum, list: readonly unknown[]) => sum + list.length, 0);
    const { values } = this.#form;
    const layers = models[0]?.checkpoint.layers ?? 0;
    const cuts = view.cutsText(layers) === null ? null : view.cuts(layers);
    const { reading } = images;
    const sets = brought && { name: brought.name, samples };
    return async (total) => {
      if (brought) refuseTooMany(asked);
      return {
        title: `${models.map(({ identity }) => identity.label).join(', ')} on ${brought?.name ?? 'the demo sets'}`,
        told: stitch ? `${told} · with the stitch of Try it` : told,
        n: counted(total, 'answer'),
        given: await keptEvaluation({ models, values, reading, cuts, sets, stitch }),
      };
    };
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
    const { models, values, cuts, sets, reading, stitch } = given;
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
