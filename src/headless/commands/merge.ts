import { exportMerge } from '../../merge/export.ts';
import { changeText } from '../../merge/folder/card.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import type { Command } from '../context.ts';
import { mergeMemory } from '../../study/weights/loaded.ts';
import { outFolderSink } from '../out-folder-sink.ts';
import { givenRecipe, ofPlan, recipeDonors } from '../recipe-donors.ts';

/** A merge, written as a Hugging Face checkpoint folder. */
export const run: Command = async (context) => {
  const { flags, signal, onProgress, notice, out } = context;
  const { donors, folders } = await recipeDonors(context);
  const recipe = await givenRecipe(context, donors);
  const plan = planMerge(recipe, donors, { verbatim: flags.switch('verbatim') });
  for (const line of [...ofPlan(plan.notices, donors), ...plan.changed.map(changeText)]) notice(line);
  const shardBytes = flags.requiredNumber('shardBytes');
  const sink = outFolderSink(out);
  await exportMerge(plan, folders, sink, {
    signal,
    onProgress,
    onNotice: notice,
    shardBytes,
    pausable: true,
    weights: mergeMemory(context.journals.weights),
  });
};
