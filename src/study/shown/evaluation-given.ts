/** What an evaluation was laid out of, as it is kept with its answers, and read again. */
import * as v from 'valibot';
import type { ValuesOf } from '../../analyses/declaration.ts';
import type { Evaluation } from '../../analyses/evaluation.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { EVALUATED } from '../../analyses/shared-settings.mjs';
import { counted } from '../../counted.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { ModelId, Subject } from '../../engine/subject.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { questionsTold } from './questions-told.ts';
import { KEPT_MODEL, keptId, keptModel, modelAgain, MOST_LAYERS, type ShownModel } from './model.ts';
import type { ShownPart } from './part.ts';
import { refuseTooMany, withGonePictures, withoutPictures } from './samples.ts';

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
  readonly models: readonly ShownModel[];
  readonly values: SettingValues;
  readonly reading: Required<ImageReading>;
  /** Last layers of Early and Mid; null for thirds. */
  readonly cuts: readonly [number, number] | null;
  readonly sets: { readonly name: string; readonly samples: ItemSets } | null;
  /** A stitch made by hand that is asked besides. */
  readonly stitch: Subject | null;
}

/** @throws NamedError those of reading pictures */
export async function keptEvaluation(given: EvaluationGiven): Promise<Json> {
  return evaluationWith(given, given.sets && (await withoutPictures(given.sets.samples)));
}

/** The same, of questions that are kept already. @param told in place of `sets.samples` */
export function evaluationWith({ models, sets, stitch, ...rest }: EvaluationGiven, told: Json): Json {
  const ids = new Map(models.map(({ checkpoint }, at) => [checkpoint.id, keptId(at)]));
  const kept = {
    ...{ ...rest, models: models.map(keptModel) },
    stitch: stitch && stitchOf(stitch, (id) => ids.get(id) ?? id),
    sets: sets && { name: sets.name, samples: told },
  };
  return JSON.parse(JSON.stringify(kept)) as Json;
}

/** The stitch, of models that are called otherwise. */
function stitchOf({ layers, rest, head }: Subject, named: (id: ModelId) => ModelId): Subject {
  return {
    ...{ layers: layers.map(named), rest: named(rest) },
    ...(head === undefined ? {} : { head: named(head) }),
  };
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
    models: models.map(modelAgain),
    sets: sets && { name: sets.name, samples: withGonePictures(sets.samples) as ItemSets },
  };
}

/**
 * What a later visit lists and shows it by.
 *
 * @param total of all answers
 * @throws NamedError `SamplesNotKept` of too many; those of reading pictures
 */
export async function shownEvaluation(
  { words }: Pick<Evaluation, 'words'>,
  total: number,
  given: EvaluationGiven,
): Promise<ShownPart> {
  const { models, sets, stitch, values } = given;
  const lists: readonly (readonly unknown[])[] = Object.values(sets?.samples ?? {});
  refuseTooMany(lists.reduce((sum, list) => sum + list.length, 0));
  const told = questionsTold(sets?.name ?? null, values as unknown as ValuesOf<typeof EVALUATED>);
  return {
    title: `${words.title} of ${models.map(({ label }) => label).join(', ')} on ${sets?.name ?? 'the demo sets'}`,
    told: stitch ? `${told} · with the stitch of Try it` : told,
    n: counted(total, 'answer'),
    given: await keptEvaluation(given),
  };
}
