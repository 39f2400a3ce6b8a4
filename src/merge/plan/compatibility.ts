import type { Gift, Giver } from '../../vlm/giving.ts';
import { checkGiver } from '../../vlm/giving.ts';
import type { DonorName, Recipe } from '../recipe/recipe.ts';
import { PIECES } from '../recipe/recipe.ts';
import type { Donor } from './donor.ts';

/**
 * Checks that `donor` can give what the recipe asks of it to the model whose config and tokenizer `frame` gives; says in
 * notices what differs and does no harm, or could not be compared.
 *
 * @throws NamedError those of `checkGiver`
 */
export function checkCompatible(frame: Donor, donor: Donor, recipe: Recipe): readonly string[] {
  return donor === frame ? [] : checkGiver(giver(frame), giver(donor), giftsOf(recipe, donor.name));
}

function giver({ name, checkpoint, config, vocabulary }: Donor): Giver {
  return { name, folder: checkpoint.name, config, vocabulary };
}

/** Layers count as given whether or not an edit takes them all back. */
function giftsOf({ rest, edits }: Recipe, name: DonorName): ReadonlySet<Gift> {
  const mixed = edits.flatMap((edit) =>
    edit.kind === 'interpolate-rest' && edit.donor === name ? edit.pieces : [],
  );
  return new Set<Gift>([
    'layers',
    ...PIECES.filter((piece) => rest[piece] === name || mixed.includes(piece)),
  ]);
}
