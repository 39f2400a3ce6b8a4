/** The part of an evaluation: what every n-th question is answered by all variants, and what the whole is laid out of again. */
import type { AskedModel } from '../../analyses/asked-model.ts';
import type { Evaluation, EvaluationPlan, MeasuredUpdates } from '../../analyses/evaluation.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { Shard } from '../../analyses/shard.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { Ask } from '../../evaluation/answers/ask.ts';
import { type Answers, answerJournals } from '../../evaluation/answers/kept-answers.ts';
import { demoItems } from '../../evaluation/samples/demo-items.ts';
import { drawSets } from '../../evaluation/samples/draw.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { Json } from '../../identity/canonical-json.ts';
import type { UpdatesPlan } from '../../analyses/updates.ts';
import { evaluationAgain, type EvaluationGiven, evaluationWith } from '../shown/evaluation-given.ts';
import { withoutPictures } from '../shown/samples.ts';
import { NO_ENGINE } from './no-engine.ts';
import { ownList } from './own-lists.ts';
import { type Part, refusal } from './part-file.ts';
import { askedAgain, modelsOfPart } from './part-models.ts';
import { comparedOfPart, type MeasuredPart, updatesRecords } from './updates-part.ts';

/** A journal of answers, as `answers` names their records. */
export const ANSWERS = 'answers';

/** Asks about every n-th sample, of all variants; an answer that two samples share is the first one's. */
export function asksOf<One extends Pick<Ask, 'key' | 'sample'>>(
  asks: readonly One[],
  { index, count }: Shard,
): readonly One[] {
  const samples = new Map<unknown, number>();
  const owners = new Map<string, number>();
  return asks.filter(({ key, sample }) => {
    const place = samples.get(sample) ?? samples.size;
    samples.set(sample, place);
    const owner = owners.get(key) ?? place;
    owners.set(key, owner);
    return owner % count === index;
  });
}

/** The whole's works: a journal for each of the checkpoints that answers come from, and updates where they are measured. */
export function evaluationWorks(
  { asks }: Pick<EvaluationPlan, 'asks'>,
  updates: Pick<UpdatesPlan<unknown, unknown>, 'identity' | 'total'> | null,
): Part['works'] {
  return [
    ...answerJournals(asks).map(({ identity, keys }) => ({ identity, total: keys.size })),
    ...(updates ? [{ identity: updates.identity, total: updates.total }] : []),
  ];
}

/** What was asked of a part, and answered. */
interface AnsweredPart {
  readonly models: readonly AskedModel[];
  readonly reading: Required<ImageReading>;
  readonly values: SettingValues;
  readonly sets: EvaluationGiven['sets'];
  readonly plan: EvaluationPlan;
  readonly asks: readonly Ask[];
  readonly answers: Answers;
  readonly updates: MeasuredPart | null;
}

/** @throws NamedError those of reading pictures */
export async function evaluationPart(
  { declaration: { name } }: Pick<Evaluation, 'declaration'>,
  { models, reading, values, sets, plan, asks, answers, updates }: AnsweredPart,
  shard: Shard,
): Promise<Part> {
  const keys = [...new Set(asks.map(({ key }) => key))].filter((key) => answers.has(key));
  const kept = { models: modelsOfPart(models), values, reading, cuts: null, stitch: null, sets };
  const compared = updates && comparedOfPart(updates.compared, updates.values);
  return {
    ...{ command: name, shard },
    works: evaluationWorks(plan, updates?.plan ?? null),
    records: [
      { of: ANSWERS, records: keys.map((key) => [key, answers.get(key)] as const) },
      ...(updates ? [updatesRecords(updates, updates.records, shard)] : []),
    ],
    given: {
      asked: evaluationWith(kept, sets && (await ownItems(sets.samples, reading, shard))),
      compared,
    },
  };
}

async function ownItems(
  sets: ItemSets,
  reading: Required<ImageReading>,
  { index, count }: Shard,
): Promise<Json> {
  const lists = Object.entries(sets as unknown as Readonly<Record<string, readonly unknown[]>>);
  return Object.fromEntries(
    await Promise.all(
      lists.map(async ([kind, items]) => {
        const places = [...items.keys()].filter((place) => place % count === index);
        const own = await withoutPictures(
          places.map((place) => items[place]),
          reading,
        );
        return [kind, ownList(own as readonly Json[], places, items.length)] as const;
      }),
    ),
  );
}

/** The whole, laid out of what parts keep of it. @throws NamedError `NotAPart`; those of the evaluation */
export async function evaluationOfParts(
  evaluation: Evaluation,
  kept: Json,
): Promise<Pick<AnsweredPart, 'models' | 'reading' | 'values' | 'sets' | 'plan'>> {
  const again = evaluationAgain(kept);
  if (!again)
    throw refusal(
      'NotAPart',
      'what its plan is laid out of is none of this version',
      evaluation.declaration.name,
    );
  const { values, sets } = again;
  const [models, reading] = [askedAgain(again.models), again.reading as Required<ImageReading>];
  const { samples: drawn, seed } = values as { readonly samples: number | null; readonly seed: number };
  const samples = sets?.samples ?? drawSets(await demoItems(), { samples: drawn, seed });
  const plan = await evaluation.plan({ engine: NO_ENGINE, models, samples, reading }, values);
  return { models, reading, values, sets, plan };
}

/** Energies of all parts, as an evaluation tells of them. */
export function measuredOf(
  plan: MeasuredUpdates['plan'],
  records: MeasuredUpdates['records'],
  values: SettingValues,
): MeasuredUpdates {
  return { plan, records, rounding: values['rounding'] as MeasuredUpdates['rounding'] };
}
