/** The command of any analysis that asks models: what its flags name is put together, planned, run with its journal, and written. */
import type { AskedModel } from '../analyses/asked-model.ts';
import type { ModelFlag, Setting } from '../analyses/declaration.ts';
import type { Given, Probe } from '../analyses/probe.ts';
import type { SettingValues } from '../analyses/setting-values.ts';
import type { Command, CommandContext } from './context.ts';
import type { FlagReader } from './flag-reader.ts';
import { givenPairs, givenQuestions } from './given-samples.ts';
import { imageReading } from './image-reading.ts';

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

/** Values of declared settings as the flags give them: the shell checked them, and filled defaults in. */
export function settingValues(settings: Readonly<Record<string, Setting>>, flags: FlagReader): SettingValues {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [name, valueOf(name, setting, flags)]),
  );
}

function valueOf(name: string, setting: Setting, flags: FlagReader): unknown {
  switch (setting.kind) {
    case 'choice':
      return flags.choice(name, setting.choices) ?? setting.value;
    case 'choices': {
      const named = flags.list(name);
      return named.length === 0
        ? (setting.value ?? setting.choices)
        : setting.choices.filter((choice) => named.includes(choice));
    }
    case 'integer':
      return flags.number(name) ?? setting.value;
    case 'switch':
      return flags.switch(name);
    case 'text':
      return flags.text(name) ?? setting.value;
    case 'layers':
      return flags.text(name) ?? null;
    case 'texts':
    case 'layer sets':
      return flags.list(name);
  }
}
