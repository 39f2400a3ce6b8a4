/** A recipe from a file of either kind. */
import type { VlmConfig } from '../vlm/config.ts';
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

/**
 * Reads our JSON, or mergekit's YAML (whose models are matched to donors by name, or by the last part of their path).
 * A donor that was another checkpoint when the recipe was written is told in a notice.
 *
 * @throws NamedError those of `readRecipe` and `readMergekit`
 */
export async function openRecipe(
  file: File,
  config: VlmConfig,
  donors: readonly KnownDonor[],
): Promise<OpenedRecipe> {
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

function donorCalled(model: string, donors: readonly KnownDonor[]): DonorName | null {
  const last = (path: string): string => path.split(/[/\\]/).filter(Boolean).at(-1)?.toLowerCase() ?? '';
  const found =
    donors.find(({ name }) => name.toLowerCase() === model.toLowerCase()) ??
    donors.find(({ folder }) => folder === model) ??
    donors.find(({ name, folder }) => [name, folder].some((own) => last(own) === last(model)));
  return found?.name ?? null;
}
