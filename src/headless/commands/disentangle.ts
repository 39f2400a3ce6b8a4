import { answerAll } from '../../evaluation/answers/answer-all.ts';
import { planAsks } from '../../evaluation/answers/ask.ts';
import { answersJournalled } from '../../evaluation/answers/kept-answers.ts';
import { gapExperiment } from '../../evaluation/experiment.ts';
import { GAP_STATISTICS, gapModels } from '../../evaluation/perception/gap-files.ts';
import { nothingToAsk } from '../../evaluation/samples/item-counts.ts';
import { settingsFacts } from '../../evaluation/results/facts.ts';
import { gradeAll } from '../../evaluation/tables/graded.ts';
import { subjectVariant } from '../../evaluation/variant.ts';
import { wholeModel } from '../../engine/subject.ts';
import { REWARD_NAMES } from '../../grading/rewards/rewards.ts';
import type { Command } from '../context.ts';
import { answerSettings, givenItems } from '../evaluation.ts';
import { provenance } from '../../identity/provenance.ts';

/** `perception_gap.json`: image against text per puzzle family and model (docs/method.md §9), with rewards and measures. */
export const run: Command = async (context) => {
  const { flags, checkpoints, engine, signal } = context;
  const items = await givenItems(context);
  const { puzzles } = items;
  if (puzzles.length === 0) throw nothingToAsk(items, 'disentangle');
  const isDemo = checkpoints.folder('model').name.startsWith('demo:');
  const settings = await answerSettings(context, isDemo);
  const black =
    flags.choice('text', ['alone', 'black']) ?? (settings.style.name === 'demo' ? 'black' : 'alone');
  const experiment = gapExperiment(
    puzzles,
    black === 'black' ? 'black_image_description_question' : 'description_question',
  );
  const loaded = await checkpoints.loadAll('model');
  const variants = await Promise.all(
    loaded.map(({ summary, loaded: model }) =>
      subjectVariant(summary.name, wholeModel(summary.id, summary.layers), [{ checkpoint: summary, model }]),
    ),
  );
  const asks = await planAsks(variants, [experiment], settings, context);
  const answers = await answersJournalled(
    asks,
    (identity, total, work, keys) => context.journalled(identity, total, work, true, keys),
    (work) => answerAll(engine, asks, settings, work),
  );
  signal.throwIfAborted();
  const graded = gradeAll(asks, answers);
  const seed = flags.requiredNumber('seed');
  const reward = flags.choice('reward', REWARD_NAMES);
  return {
    models: gapModels(graded, seed, reward),
    frankenscope: {
      checkpoints: loaded.map(({ summary, loaded: model }) => provenance(summary, model, seed)),
      settings: settingsFacts(settings),
      textSide: experiment.settings[1]?.input,
      n: puzzles.length,
      ...GAP_STATISTICS,
    },
  };
};
