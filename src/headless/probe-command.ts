/** The command of any analysis that asks models: what its flags name is put together, planned, run with its journal, and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import type { ModelFlag } from '../analyses/declaration.ts';
import type { Evaluation } from '../analyses/evaluation.ts';
import { freeName, nameFrom } from '../analyses/model-name.ts';
import { withRun } from '../analyses/run-block.ts';
import type { Given, Probe } from '../analyses/probe.ts';
import type { SettingValues } from '../analyses/setting-values.ts';
import { NamedError } from '../named-error.ts';
import { probePart } from '../study/parts/probe-part.ts';
import { committedSet, type Journalled, runProbe } from '../study/run/run-analysis.ts';
import { RunMeter } from '../study/run-meter.ts';
import type { ShownPart } from '../study/shown/part.ts';
import { shownProbe } from '../study/shown/probe-given.ts';
import type { Command, AnalysisContext } from './context.ts';
import { givenPairs, givenQuestions } from './given-samples.ts';
import { imageReading } from './image-reading.ts';
import { partJournalled } from './part-journal.ts';
import { type Placed, type Ran, written } from './ran.ts';
import { settingValues } from './setting-flags.ts';
import { tellSeconds } from './told-seconds.ts';

export function probeCommand(probe: Probe): Command {
  return async (context) => written(context, probe.declaration.writes, await ranProbe(context, probe));
}

/** @throws NamedError those of flags, of reading samples, of models and of the analysis */
export async function ranProbe(context: AnalysisContext, probe: Probe): Promise<Ran> {
  const { declaration } = probe;
  const { flags, engine, signal, onProgress } = context;
  const values = settingValues(declaration.settings, flags);
  const samples =
    declaration.asks === 'pairs'
      ? await givenPairs(context, declaration.samplesFlag, values)
      : await givenQuestions(context, declaration);
  const models = await givenModels(context, probe);
  const given: Given = {
    ...{ engine, models, samples, reading: imageReading(context), work: { signal, onProgress } },
  };
  const shard = flags.shard();
  // A part is named by the whole, all of whose pictures are read for it.
  const whole = shard && (await probe.plan(given, values));
  let tellTaken = (): void => undefined;
  const told: Probe = {
    ...probe,
    async plan(...laid) {
      const plan = await probe.plan(...laid);
      const asking = { counts: plan.cost, samples: plan.samples.values(), models, reading: given.reading };
      tellTaken = await tellSeconds(asking, context);
      return plan;
    },
  };
  // A part is often a few seconds, and what parts take together is not what one run takes.
  const meter = new RunMeter({
    engine,
    device: models[0]?.model.device ?? 'wasm',
    withoutFloor: shard !== null,
  });
  const journalled: Journalled = (identity, total, work) =>
    whole
      ? partJournalled(context, whole.identity, whole.total, meter.measuring(work))
      : context.journalled(identity, total, meter.measuring(work));
  const laid = shard ? { ...given, shard } : given;
  const { plan, records, findings } = await runProbe(told, laid, values, journalled);
  tellTaken();
  const places = models.map(({ flag, index }) => [flag, index] as const);
  return {
    works: [plan.identity],
    files: plan.files(records).map((file) => withRun(file, meter.figures(records.size))),
    findings,
    ...(shard && whole
      ? { part: await probePart(probe, { given, values, whole, own: plan, records }, shard) }
      : {}),
    shown: (placed) =>
      probeShown(
        probe,
        given,
        values,
        places.map((place) => placed(...place)),
      ),
  };
}

/**
 * What a page shows an analysis by.
 *
 * @param places how results call its models, in their order
 * @throws NamedError those of reading pictures
 */
export async function probeShown(
  probe: Probe,
  given: Given,
  values: SettingValues,
  places: readonly ReturnType<Placed>[],
): Promise<ShownPart> {
  const { declaration } = probe;
  const { samples, reading } = given;
  const shown = places.flatMap((place, at) => {
    const { checkpoint, model } = given.models[at] ?? {};
    return checkpoint && model ? [{ ...place, checkpoint, model }] : [];
  });
  // Under the names that a page has for them.
  const models = shown.map(({ label, ...one }) => ({ name: label, ...one }));
  const named = await probe.plan({ ...given, models }, values);
  const chosen = declaration.compares ? null : (shown[0]?.label ?? null);
  const source = committedSet(declaration.asks, samples.name) ?? 'dropped';
  return shownProbe(probe, named, { models: shown, chosen, source, values, reading, samples });
}

interface GivenModel extends AskedModel {
  readonly flag: string;
  readonly index: number;
}

/**
 * Loaded, in the order of the flags; called by their roles, else after their folders, as the page calls them.
 *
 * @throws NamedError `MissingFlag` where the analysis needs more of them; those of opening and loading
 */
export async function givenModels(
  { checkpoints }: AnalysisContext,
  { declaration, needs }: Pick<Probe | Evaluation, 'declaration' | 'needs'>,
): Promise<readonly GivenModel[]> {
  const flags: readonly (readonly [string, ModelFlag])[] = Object.entries(declaration.models);
  const models: GivenModel[] = [];
  for (const [flag, { role }] of flags) {
    for (let index = 0; index < checkpoints.count(flag); index++) {
      const { summary, loaded } = await checkpoints.load(flag, index);
      const taken = models.map(({ name }) => name);
      const name = role ?? freeName(nameFrom(summary.name), taken, `model ${models.length + 1}`);
      models.push({ name, checkpoint: summary, model: loaded, flag, index });
    }
  }
  if (needs(models) === null) return models;
  const given =
    models.length === 0 ? 'no checkpoint is given' : `${models[0]?.name} is the only checkpoint given`;
  const open = flags.filter(([flag, { repeated }]) => repeated === true || checkpoints.count(flag) === 0);
  throw new NamedError('MissingFlag', given, {}, `give ${open.map(([flag]) => `--${flag}`).join(' or ')}`);
}
