import type { ModelPart, ComparedModel } from '../../vlm/donor-check.ts';
import { checkDonor } from '../../vlm/donor-check.ts';
import type { DonorName, Recipe } from '../recipe/recipe.ts';
import { PIECES } from '../recipe/recipe.ts';
import type { Donor } from './donor.ts';

/**
 * Checks that `donor` can give what the recipe asks of it to the model whose config and tokenizer `frame` gives; says in
 * notices what differs and does no harm, or could not be compared.
 *
 * @throws NamedError those of `checkDonor`
 */
export function checkCompatible(frame: Donor, donor: Donor, recipe: Recipe): readonly string[] {
  return donor === frame
    ? []
    : checkDonor(comparedModel(frame), comparedModel(donor), partsFrom(recipe, donor.name));
}

function comparedModel({ name, checkpoint, config, vocabulary }: Donor): ComparedModel {
  return { name, folder: checkpoint.name, config, vocabulary };
}

/** Layers count as given whether or not an edit takes them all back. */
function partsFrom({ rest, edits }: Recipe, name: DonorName): ReadonlySet<ModelPart> {
  const mixed = edits.flatMap((edit) =>
    edit.kind === 'interpolate-rest' && edit.donor === name ? edit.pieces : [],
  );
  return new Set<ModelPart>([
    'layers',
    ...PIECES.filter((piece) => rest[piece] === name || mixed.includes(piece)),
  ]);
}
