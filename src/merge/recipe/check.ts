import { NamedError } from '../../named-error.ts';
import type { DonorName, Recipe } from './recipe.ts';
import { donorsOf, PARTS, PIECES } from './recipe.ts';

/**
 * Checks a recipe made in code or on screen against the model and the donors at hand.
 *
 * @throws NamedError `UnknownDonor`, `WrongDepth`, `InvalidRecipe` (a layer, α, r or seed out of range)
 */
export function checkRecipe(recipe: Recipe, donors: readonly DonorName[], layers: number): void {
  if (recipe.layers.length !== layers) {
    throw new NamedError(
      'WrongDepth',
      `the recipe is for ${recipe.layers.length} LLM layers, the model has ${layers}`,
      { field: 'layers' },
      'open checkpoints of the model it was written for',
    );
  }
  const unknown = donorsOf(recipe).filter((donor) => !donors.includes(donor));
  if (unknown.length > 0) {
    throw new NamedError(
      'UnknownDonor',
      `no checkpoint is called ${unknown.map((name) => JSON.stringify(name)).join(', ')}`,
      {},
      `open it, or use one of ${donors.join(', ')}`,
    );
  }
  recipe.edits.forEach((edit, i) => {
    if (edit.kind === 'interpolate-rest') {
      if (!isShare(edit.alpha)) throw invalid(i, 'alpha', 'α is not within 0 to 1');
      if (!edit.pieces.every((piece) => PIECES.includes(piece))) {
        throw invalid(i, 'pieces', `a piece is not one of ${PIECES.join(', ')}`);
      }
      return;
    }
    const { first, last } = edit.layers;
    const inside =
      Number.isInteger(first) && Number.isInteger(last) && first >= 1 && first <= last && last <= layers;
    if (!inside) throw invalid(i, 'layers', `layers ${first} to ${last} are not within 1 to ${layers}`);
    if (!PARTS.includes(edit.part)) throw invalid(i, 'part', `the part is not one of ${PARTS.join(', ')}`);
    if (edit.kind === 'interpolate' && !isShare(edit.alpha))
      throw invalid(i, 'alpha', 'α is not within 0 to 1');
    if (edit.kind !== 'noise') return;
    if (!isShare(edit.ratio)) throw invalid(i, 'ratio', 'r is not within 0 to 1');
    if (!(Number.isInteger(edit.seed) && edit.seed >= 0 && edit.seed < 2 ** 32)) {
      throw invalid(i, 'seed', 'the seed is not an integer from 0 to 4294967295');
    }
  });
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

function invalid(edit: number, field: string, what: string): NamedError {
  return new NamedError('InvalidRecipe', what, { field: `edits.${edit}.${field}` }, 'correct the recipe');
}
