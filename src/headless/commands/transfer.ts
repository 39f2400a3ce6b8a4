import { answerAll } from '../../evaluation/answers/answer-all.ts';
import { planAsks } from '../../evaluation/answers/ask.ts';
import { answersJournalled } from '../../evaluation/answers/kept-answers.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { transferFacts } from '../../evaluation/results/facts.ts';
import { resultFiles } from '../../evaluation/results/write.ts';
import { gradeAll } from '../../evaluation/tables/graded.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import { nothingToAsk } from '../../evaluation/samples/item-counts.ts';
import { blockVariant } from '../../evaluation/variant.ts';
import { STANDARD_BLOCKS } from '../../merge/recipe/blocks.ts';
import type { LoadedCheckpoint } from '../checkpoints.ts';
import { regionCuts } from '../compared.ts';
import type { Command } from '../context.ts';
import { answerSettings, givenItems } from '../evaluation.ts';
import { gpuMemory } from '../gpu-memory.ts';

/** The standard merges on M_vis, M_v2r and M_rea (docs/method.md §7.2): `paper_metrics.json`, summaries, records. */
export const run: Command = async (context) => {
  const { flags, checkpoints, engine, signal, notice, out } = context;
  const items = await givenItems(context);
  const experiments = transferExperiments(items);
  if (experiments.length === 0) {
    throw nothingToAsk(items, 'transfer');
  }
  const isDemo = checkpoints.folder('in').name.startsWith('demo:');
  const settings = await answerSettings(context, isDemo);
  const loaded: Record<string, LoadedCheckpoint> = {};
  if (checkpoints.count('base') > 0) loaded['Base'] = await checkpoints.load('base');
  loaded['IN'] = await checkpoints.load('in');
  loaded['RL'] = await checkpoints.load('rl');
  const entries = Object.entries(loaded);
  const donors = Object.fromEntries(
    entries.map(([name, { summary, loaded: model }]) => [name, { checkpoint: summary, model }]),
  );
  const named = flags.list('variants');
  const blocks = named.length > 0 ? named : [...('Base' in donors ? ['Base'] : []), ...STANDARD_BLOCKS];
  const cuts = regionCuts(context, loaded['IN'].summary.layers);
  const variants = await Promise.all(blocks.map((name) => blockVariant(name, donors, cuts)));
  const asks = await planAsks(variants, experiments, settings, context);
  const total = new Set(asks.map(({ key }) => key)).size;
  const weights = entries.reduce((sum, [, { loaded: model }]) => sum + model.weightBytes, 0);
  notice(
    `${variants.length} variants of ${entries.length} resident checkpoints, ${weights} bytes of weights`,
  );
  let generated = 0;
  const answers = await answersJournalled(
    asks,
    (identity, all, work, keys) => context.journalled(identity, all, work, true, keys),
    (work) => {
      const onRecord: typeof work.onRecord = (key, answer) => {
        generated += 1;
        return work.onRecord?.(key, answer);
      };
      return answerAll(engine, asks, settings, { ...work, onRecord });
    },
  );
  signal.throwIfAborted();
  const memory = await gpuMemory(context, { loaded, asks, answers, settings, generated });
  if (memory) {
    notice(
      `GPU memory: ${memory.peakBytes} bytes of buffers at most, ${memory.estimateBytes} estimated ` +
        `(${memory.weightBytes} weights, ${memory.kvCacheBytes} keys and values, ${memory.activationBytes} activations)`,
    );
  }
  const graded = gradeAll(asks, answers);
  const rows = metricTable(graded, flags.text('reference') ?? 'IN');
  const residents = entries.map(([label, { summary, loaded: model }]) => ({
    ...{ label, checkpoint: summary, model },
  }));
  const seed = flags.requiredNumber('seed');
  const facts = {
    ...transferFacts(residents, settings, cuts ?? null, { total, done: total }, seed),
    ...(memory ? { gpuMemory: memory } : {}),
  };
  for (const [path, text] of resultFiles(rows, graded, experiments, { frankenscope: facts }))
    await out.text(path, text);
};
