import type { ErrorName } from '../../error-name.ts';
import { NamedError } from '../../named-error.ts';
import { exportMerge } from '../../merge/export.ts';
import { changeText } from '../../merge/folder/card.ts';
import { readRecipeFile } from '../../reading/client.ts';
import type { Donor } from '../../merge/plan/donor.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import { parseBlocks } from '../../merge/recipe/blocks.ts';
import type { Recipe } from '../../merge/recipe/recipe.ts';
import type { Command, CommandContext } from '../context.ts';
import { mergeMemory } from '../../study/weights/loaded.ts';
import { outFolderSink } from '../out-folder-sink.ts';
import { knownDonors, ofPlan, recipeDonors } from '../recipe-donors.ts';

/** A merge, written as a Hugging Face checkpoint folder. */
export const run: Command = async (context) => {
  const { flags, signal, onProgress, notice, out } = context;
  const { donors, folders } = await recipeDonors(context);
  const recipe = await recipeOf(context, donors);
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

/** @throws NamedError `MissingFlag`, `RepeatedFlag`, and those of reading recipes */
async function recipeOf(
  { flags, inputs, notice }: CommandContext,
  donors: ReadonlyMap<string, Donor>,
): Promise<Recipe> {
  const [first] = donors.values();
  const blocks = flags.text('blocks');
  const [file, more] = inputs.list('recipe');
  if (!first) throw refusal('MissingFlag', 'no checkpoint was given', '--in', 'give --in, --rl or --base');
  if ((blocks === undefined) === (file === undefined) || more) {
    throw refusal('MissingFlag', 'one recipe is wanted', '--blocks', 'give either --blocks or one --recipe');
  }
  const cuts = flags.text('cuts')?.split(',').map(Number);
  if (blocks !== undefined) return parseBlocks(blocks, [...donors.keys()], first.config.text.layers, cuts);
  if (cuts) throw refusal('BadValue', 'cuts go with blocks', '--cuts', 'leave it out: the recipe says them');
  const opened = await readRecipeFile(file as File, first.config, knownDonors(donors));
  for (const line of opened.notices) notice(line);
  return opened.recipe;
}

function refusal(name: ErrorName, what: string, field: string, remedy: string): NamedError {
  return new NamedError(name, what, { field }, remedy);
}
