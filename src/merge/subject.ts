import type { ModelId, Subject } from '../engine/subject.ts';
import type { DonorName, Recipe } from './recipe/recipe.ts';
import { isPlainStitch } from './recipe/recipe.ts';

/**
 * The subject that runs a recipe by binding the donors' own buffers; null where it cannot be run so: parts of layers
 * or computed tensors, a rest from several donors, or a donor that is not loaded.
 *
 * @param loaded the resident checkpoint of a donor, null when it is not loaded
 */
export function subjectOf(recipe: Recipe, loaded: (donor: DonorName) => ModelId | null): Subject | null {
  if (!isPlainStitch(recipe)) return null;
  const layers = recipe.layers.map(loaded);
  const rest = loaded(recipe.rest.frame);
  return rest === null || layers.some((id) => id === null) ? null : { layers: layers as ModelId[], rest };
}
