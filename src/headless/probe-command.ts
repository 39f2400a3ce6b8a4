/** The command of any analysis that asks models: what its flags name is put together, planned, run with its journal, and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import type { ModelFlag } from '../analyses/declaration.ts';
import type { Evaluation } from '../analyses/evaluation.ts';
import { freeName, nameFrom } from '../analyses/model-name.ts';
import type { Given, Probe } from '../analyses/probe.ts';
import { NamedError } from '../named-error.ts';
import type { Command, CommandContext } from './context.ts';
import { givenPairs, givenQuestions } from './given-samples.ts';
import { imageReading } from './image-reading.ts';
import { settingValues } from './setting-flags.ts';

export function probeCommand(probe: Probe): Command {
  const { declaration } = probe;
  return async (context) => {
    const { flags, engine, signal, onProgress, out } = context;
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
    const plan = await probe.plan(given, values);
    const records = await context.journalled<unknown, ReadonlyMap<string, unknown>>(
      plan.identity,
      plan.total,
      async (long) => {
        const found = new Map(long.finished);
        await plan.run({
          ...long,
          async onRecord(key, record) {
            found.set(key, record);
            await long.onRecord?.(key, record);
          },
        });
        return found;
      },
    );
    const files = plan.files(records);
    if (declaration.writes === 'json') return JSON.parse(files[0]?.text ?? 'null') as unknown;
    for (const { path, text } of files) await out.text(path, text);
    return undefined;
  };
}

/**
 * Loaded, in the order of the flags; called by their roles, else after their folders, as the page calls them.
 *
 * @throws NamedError `MissingFlag` where the analysis needs more of them; those of opening and loading
 */
export async function givenModels(
  { checkpoints }: CommandContext,
  { declaration, needs }: Pick<Probe | Evaluation, 'declaration' | 'needs'>,
): Promise<readonly AskedModel[]> {
  const flags: readonly (readonly [string, ModelFlag])[] = Object.entries(declaration.models);
  const models: AskedModel[] = [];
  for (const [flag, { role }] of flags) {
    for (let index = 0; index < checkpoints.count(flag); index++) {
      const { summary, loaded } = await checkpoints.load(flag, index);
      const taken = models.map(({ name }) => name);
      const name = role ?? freeName(nameFrom(summary.name), taken, `model ${models.length + 1}`);
      models.push({ name, checkpoint: summary, model: loaded });
    }
  }
  if (needs(models) === null) return models;
  const given =
    models.length === 0 ? 'no checkpoint is given' : `${models[0]?.name} is the only checkpoint given`;
  const open = flags.filter(([flag, { repeated }]) => repeated === true || checkpoints.count(flag) === 0);
  throw new NamedError('MissingFlag', given, {}, `give ${open.map(([flag]) => `--${flag}`).join(' or ')}`);
}
