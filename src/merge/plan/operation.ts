/** What is done to make one tensor of a merge. */
import type { TensorEntry } from '../../checkpoint/checkpoint.ts';
import { NamedError } from '../../named-error.ts';
import type { DonorName, Edit, Recipe } from '../recipe/recipe.ts';
import type { Placement } from './placement.ts';

/** A tensor of a donor. */
export interface Source {
  readonly donor: DonorName;
  readonly entry: TensorEntry;
}

/** The stored bytes as they are. */
export interface Copy {
  readonly kind: 'copy';
  readonly from: Source;
}

export interface NoiseDraw {
  readonly ratio: number;
  readonly seed: number;
  /** Of the whole tensor, before the noise; null until it was measured. */
  readonly deviation: number | null;
}

/** Values of `from`, mixed with those of another donor, then with noise. */
export interface Compute {
  readonly kind: 'compute';
  readonly from: Source;
  readonly mix: { readonly with: Source; readonly alpha: number } | null;
  readonly noise: NoiseDraw | null;
}

export type Operation = Copy | Compute;

/**
 * What a recipe does to one tensor of the model. Interpolation by 0 or 1 and noise of 0 are copies: nothing is
 * rounded that need not be.
 *
 * @param find the tensor of that name in a donor; throws when there is none
 * @throws NamedError `EditsOverlap`
 */
export function operationOf(
  recipe: Recipe,
  name: string,
  placement: Placement,
  find: (donor: DonorName, name: string) => TensorEntry,
): Operation {
  const source = (donor: DonorName): Source => ({ donor, entry: find(donor, name) });
  const { donor, mix, noise } = madeOf(recipe, name, placement);
  const from = source(mix?.alpha === 1 ? mix.donor : donor);
  const mixed = mix && mix.alpha > 0 && mix.alpha < 1 && mix.donor !== donor ? mix : null;
  if (!mixed && !noise) return { kind: 'copy', from };
  return { kind: 'compute', from, mix: mixed && { with: source(mixed.donor), alpha: mixed.alpha }, noise };
}

interface Made {
  readonly donor: DonorName;
  readonly mix: { readonly donor: DonorName; readonly alpha: number } | null;
  readonly noise: NoiseDraw | null;
}

function madeOf(recipe: Recipe, name: string, placement: Placement): Made {
  if (placement.kind === 'unknown') return { donor: recipe.rest.frame, mix: null, noise: null };
  let made: Made = {
    donor:
      placement.kind === 'layer'
        ? (recipe.layers[placement.layer - 1] as DonorName)
        : recipe.rest[placement.piece],
    mix: null,
    noise: null,
  };
  for (const edit of recipe.edits.filter((one) => touches(one, placement))) made = edited(made, edit, name);
  return made;
}

function edited({ donor, mix, noise }: Made, edit: Edit, name: string): Made {
  switch (edit.kind) {
    case 'replace':
      return { donor: edit.donor, mix: null, noise: null };
    case 'interpolate':
    case 'interpolate-rest':
      if (mix || noise) throw overlap(name, 'is interpolated twice, or after it got noise already');
      return { donor, mix: { donor: edit.donor, alpha: edit.alpha }, noise };
    case 'noise':
      if (noise) throw overlap(name, 'gets noise twice');
      return edit.ratio === 0
        ? { donor, mix, noise }
        : { donor, mix, noise: { ratio: edit.ratio, seed: edit.seed, deviation: null } };
  }
}

function touches(edit: Edit, placement: Exclude<Placement, { kind: 'unknown' }>): boolean {
  if (placement.kind === 'rest')
    return edit.kind === 'interpolate-rest' && edit.pieces.includes(placement.piece);
  if (edit.kind === 'interpolate-rest') return false;
  const { layers, part } = edit;
  const inside = placement.layer >= layers.first && placement.layer <= layers.last;
  return inside && (part === 'all' || part === placement.part);
}

function overlap(tensor: string, what: string): NamedError {
  return new NamedError(
    'EditsOverlap',
    `it ${what}`,
    { tensor },
    'let edits of one kind cover different layers or parts, and put noise last',
  );
}
