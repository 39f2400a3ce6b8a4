/** A recipe from a file of either kind. */
import { NamedError } from '../named-error.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { readMergekit } from './mergekit/read.ts';
import { readRecipe } from './recipe/recipe-file.ts';
import type { DonorName, Recipe } from './recipe/recipe.ts';

/** A recipe of a hundred layers, each of its own, takes some 20 kB; YAML of a megabyte takes minutes to read. */
const MAX_BYTES = 64 * 1024;

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

/**
 * Reads our JSON, or mergekit's YAML (whose models are matched to donors by name, or by the last part of their path).
 * A donor that was another checkpoint when the recipe was written is told in a notice.
 *
 * @throws NamedError `RecipeTooLong`; those of `readRecipe` and `readMergekit`; `AmbiguousDonor` where a model's name fits two donors
 */
export async function openRecipe(
  file: File,
  config: VlmConfig,
  donors: readonly KnownDonor[],
): Promise<OpenedRecipe> {
  if (file.size > MAX_BYTES) {
    throw new NamedError(
      'RecipeTooLong',
      `${file.size} bytes, more than ${MAX_BYTES}`,
      { file: file.name },
      'give a recipe: settings by layers take some kilobytes, and a checkpoint is opened in a slot',
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
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
