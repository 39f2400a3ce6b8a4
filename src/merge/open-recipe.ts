/** A recipe from a file of either kind. */
import { readRange } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import type { AnyConfig } from '../vlm/weights-folder.ts';
import { readMergekit } from './mergekit/read.ts';
import { readRecipe } from './recipe/recipe-file.ts';
import type { DonorName, Recipe } from './recipe/recipe.ts';

/** A checkpoint at hand, as recipes may speak of it. */
export interface KnownDonor {
  readonly name: DonorName;
  /** Its folder's name. */
  readonly folder: string;
  readonly fingerprint: string;
}

export interface OpenedRecipe {
  readonly recipe: Recipe;
  readonly notices: readonly string[];
}

/** mergekit's examples have some kilobytes; what we write for 128 layers of six donors, each layer mixed otherwise, 183 kB. */
export const MOST_RECIPE_BYTES = 2 ** 18;

/**
 * Reads our JSON, or mergekit's YAML (whose models are matched to donors by name, or by the last part of their path).
 * A donor that was another checkpoint when the recipe was written is told in a notice.
 *
 * @throws NamedError `RecipeTooLarge`; those of `readRecipe` and `readMergekit`; `AmbiguousDonor` where a model's name fits two donors
 */
export async function openRecipe(
  file: File,
  config: AnyConfig,
  donors: readonly KnownDonor[],
): Promise<OpenedRecipe> {
  if (file.size > MOST_RECIPE_BYTES) {
    throw new NamedError(
      'RecipeTooLarge',
      `a recipe of ${file.size} bytes; no more than ${MOST_RECIPE_BYTES} are read`,
      { file: file.name },
      'choose the recipe itself: our JSON, or mergekit’s YAML',
    );
  }
  const bytes = await readRange(file, 0, file.size, { file: file.name });
  const text = new TextDecoder().decode(bytes);
  // YAML of this form begins with a key or a comment, never with a brace.
  if (!text.trimStart().startsWith('{')) {
    return readMergekit(text, file.name, config, (model) => donorCalled(model, donors));
  }
  const { recipe, donors: written } = readRecipe(bytes, file.name, config.text.layers);
  const notices = donors.flatMap(({ name, folder, fingerprint }) => {
    const record = written.get(name);
    if (!record || record.fingerprint === fingerprint) return [];
    return [`The recipe was written with another ${name} (${record.checkpoint}); here it is ${folder}.`];
  });
  return { recipe, notices };
}

/** @throws NamedError `AmbiguousDonor` */
function donorCalled(model: string, donors: readonly KnownDonor[]): DonorName | null {
  const last = (path: string): string => path.split(/[/\\]/).filter(Boolean).at(-1)?.toLowerCase() ?? '';
  const rules: readonly ((donor: KnownDonor) => boolean)[] = [
    ({ name }) => name.toLowerCase() === model.toLowerCase(),
    ({ folder }) => folder === model,
    ({ name, folder }) => [name, folder].some((own) => last(own) === last(model)),
  ];
  for (const rule of rules) {
    const [found, ...others] = donors.filter(rule);
    if (!found) continue;
    const other = others.find(({ fingerprint }) => fingerprint !== found.fingerprint);
    if (!other) return found.name;
    // Trainers call their folders alike: runs/sft/checkpoint-500, runs/rl/checkpoint-500.
    throw new NamedError(
      'AmbiguousDonor',
      `${model} may be ${found.name} or ${other.name}: their folders are called alike`,
      { field: 'model' },
      `write ${found.name} or ${other.name} in its place, or rename the folders`,
    );
  }
  return null;
}
