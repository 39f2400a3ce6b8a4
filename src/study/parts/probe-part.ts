/** The part of an analysis that asks models: every n-th sample, and what the whole is laid out of again. */
import type { Plan } from '../../analyses/plan.ts';
import type { Given, Probe } from '../../analyses/probe.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { Shard } from '../../analyses/shard.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { givenAgain, givenWith } from '../shown/probe-given.ts';
import { withoutPictures } from '../shown/samples.ts';
import { NO_ENGINE } from './no-engine.ts';
import { ownList } from './own-lists.ts';
import { type Part, refusal } from './part-file.ts';
import { askedAgain, modelsOfPart } from './part-models.ts';

/** What was run, and the plans of the whole and of this part. */
interface RanPart {
  readonly given: Given;
  readonly values: SettingValues;
  readonly whole: Plan<unknown, unknown>;
  readonly own: Plan<unknown, unknown>;
  readonly records: ReadonlyMap<string, unknown>;
}

/** @throws NamedError those of reading pictures */
export async function probePart(
  { declaration: { name, compares } }: Probe,
  { given: { models, samples, reading }, values, whole, own, records }: RanPart,
  shard: Shard,
): Promise<Part> {
  const all = [...whole.samples.keys()];
  const places = all.flatMap((key, place) => (own.samples.has(key) ? [place] : []));
  const items = (await withoutPictures([...own.samples.values()])) as readonly Json[];
  const kept = {
    models: modelsOfPart(models),
    chosen: compares ? null : (models[0]?.name ?? null),
    ...{ source: 'dropped', values, reading, samples },
  };
  return {
    ...{ command: name, shard },
    works: [{ identity: whole.identity, total: whole.total }],
    records: [
      {
        of: name,
        records: own.keys.flatMap((key) => (records.has(key) ? [[key, records.get(key)] as const] : [])),
      },
    ],
    given: givenWith(kept, [...whole.samples.values()], ownList(items, places, all.length)),
  };
}

/** The whole, laid out of what parts keep of it. @throws NamedError `NotAPart`; those of the analysis */
export async function probeOfParts(
  probe: Probe,
  kept: Json,
): Promise<{
  readonly given: Given;
  readonly values: SettingValues;
  readonly plan: Plan<unknown, unknown>;
}> {
  const again = givenAgain(kept);
  if (!again)
    throw refusal('NotAPart', 'what its plan is laid out of is none of this version', probe.declaration.name);
  const { models, samples, reading, values } = again;
  const given: Given = {
    ...{ engine: NO_ENGINE, models: askedAgain(models), samples },
    reading: reading as Required<ImageReading>,
  };
  return { given, values, plan: await probe.plan(given, values) };
}
