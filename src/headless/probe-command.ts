/** The command of any analysis that asks models: what its flags name is put together, planned, run with its journal, and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import type { ModelFlag } from '../analyses/declaration.ts';
import type { Evaluation } from '../analyses/evaluation.ts';
import { freeName, nameFrom } from '../analyses/model-name.ts';
import { withRun } from '../analyses/run-block.ts';
import type { Given, Probe } from '../analyses/probe.ts';
import { NamedError } from '../named-error.ts';
import { committedSet, type Journalled, runProbe } from '../study/run/run-analysis.ts';
import { RunMeter } from '../study/run-meter.ts';
import { shownProbe } from '../study/shown/probe-given.ts';
import type { Command, AnalysisContext } from './context.ts';
import { givenPairs, givenQuestions } from './given-samples.ts';
import { imageReading } from './image-reading.ts';
import { type Ran, written } from './ran.ts';
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
    ...(declaration.shards ? { shard: flags.shard() } : {}),
  };
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
  const meter = new RunMeter({ engine, device: models[0]?.model.device ?? 'wasm' });
  const journalled: Journalled = (identity, total, work) =>
    context.journalled(identity, total, meter.measuring(work));
  const { plan, records, findings } = await runProbe(told, given, values, journalled);
  tellTaken();
  return {
    works: [plan.identity],
    files: plan.files(records).map((file) => withRun(file, meter.figures(records.size))),
    findings,
    async shown(placed) {
      const shown = models.map(({ flag, index, checkpoint, model }) => {
        return { ...placed(flag, index), checkpoint, model };
      });
      // Under the names that a page has for them.
      const named = await probe.plan(
        { ...given, models: shown.map(({ label, ...one }) => ({ name: label, ...one })) },
        values,
      );
      const chosen = declaration.compares ? null : (shown[0]?.label ?? null);
      const source = committedSet(declaration.asks, samples.name) ?? 'dropped';
      const { reading } = given;
      return shownProbe(probe, named, { models: shown, chosen, source, values, reading, samples });
    },
  };
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
