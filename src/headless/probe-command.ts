/** The command of any analysis that asks models: what its flags name is put together, planned, run with its journal, and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import type { ModelFlag } from '../analyses/declaration.ts';
import type { Given, Probe } from '../analyses/probe.ts';
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
        : await givenQuestions(context, declaration.samplesFlag);
    const models = await givenModels(context, declaration.models);
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

/** Loaded, in the order of the flags; called by their roles, else by their folders. */
export async function givenModels(
  { checkpoints }: CommandContext,
  flags: Readonly<Record<string, ModelFlag>>,
): Promise<readonly AskedModel[]> {
  const models: AskedModel[] = [];
  for (const [flag, { role }] of Object.entries(flags)) {
    for (let index = 0; index < checkpoints.count(flag); index++) {
      const { summary, loaded } = await checkpoints.load(flag, index);
      models.push({ name: role ?? summary.name, checkpoint: summary, model: loaded });
    }
  }
  return models;
}
