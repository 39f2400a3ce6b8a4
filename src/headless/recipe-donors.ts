import type { ErrorName } from '../error-name.ts';
import { ROLE_LABELS } from '../roles.mjs';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { NamedError } from '../named-error.ts';
import type { DonorFolders } from '../merge/folder/tensor-values.ts';
import { openMerge } from '../merge/open-merge.ts';
import type { KnownDonor } from '../merge/open-recipe.ts';
import { readRecipeFile } from '../reading/client.ts';
import type { Donor } from '../merge/plan/donor.ts';
import { donorNotices, openDonor } from '../merge/plan/donor.ts';
import { planMerge } from '../merge/plan/plan.ts';
import { parseBlocks } from '../merge/recipe/blocks.ts';
import type { Recipe } from '../merge/recipe/recipe.ts';
import type { AnalysisContext } from './context.ts';

export interface RecipeDonors {
  readonly donors: ReadonlyMap<string, Donor>;
  readonly folders: DonorFolders;
}

/** The checkpoints of `--base`, `--in` and `--rl` as donors, headers read. @throws NamedError those of opening */
export async function recipeDonors({ checkpoints, signal }: AnalysisContext): Promise<RecipeDonors> {
  const given = Object.entries(ROLE_LABELS).filter(([flag]) => checkpoints.count(flag) > 0);
  const donors = new Map<string, Donor>();
  const folders = new Map<string, CheckpointFiles>();
  for (const [flag, name] of given) {
    const { name: folder, files } = await checkpoints.folder(flag);
    folders.set(name, files);
    const weights = () => checkpoints.weights(flag);
    const donor = await openDonor(name, files, { folder, signal, weights });
    checkpoints.tell(folder, donor.notices);
    donors.set(name, donor);
  }
  return { donors, folders };
}

/** What a plan says beyond the notices of its donors, which were given when these were opened. */
export function ofPlan(notices: readonly string[], donors: ReadonlyMap<string, Donor>): string[] {
  const known = new Set([...donors.values()].flatMap(donorNotices));
  return notices.filter((notice) => !known.has(notice));
}

/** Donors as a recipe's file may speak of them. */
export function knownDonors(donors: ReadonlyMap<string, Donor>): KnownDonor[] {
  return [...donors.values()].map(({ name, checkpoint }) => ({
    name,
    folder: checkpoint.name,
    fingerprint: checkpoint.fingerprint,
  }));
}

/**
 * The merges of `--recipe` as checkpoints that nobody wrote, named after their files: tensors are read from the donors, or
 * computed as they are read. Noise is measured beforehand.
 *
 * @throws NamedError `MissingFlag` without donors; those of reading recipes and of planning
 */
export async function recipeCheckpoints(context: AnalysisContext): Promise<Checkpoint[]> {
  const { inputs, notice, signal, onProgress } = context;
  const files = inputs.list('recipe');
  if (files.length === 0) return [];
  const { donors, folders } = await recipeDonors(context);
  const [first] = donors.values();
  if (!first) {
    throw new NamedError(
      'MissingFlag',
      'a recipe was given, and no checkpoint that it could take layers from',
      { field: '--in' },
      'give --in, --rl or --base',
    );
  }
  const opened: Checkpoint[] = [];
  for (const file of files) {
    const { recipe, notices } = await readRecipeFile(file, first.config, knownDonors(donors));
    const plan = planMerge(recipe, donors);
    for (const line of [...notices, ...ofPlan(plan.notices, donors)]) notice(line);
    const name = file.name.replace(/\.(json|ya?ml)$/i, '');
    opened.push(await openMerge(plan, folders, name, { signal, onProgress }));
  }
  return opened;
}

/** The recipe of `--recipe` or `--blocks`. @throws NamedError `MissingFlag`, and those of reading recipes */
export async function givenRecipe(
  { flags, inputs, notice }: AnalysisContext,
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
