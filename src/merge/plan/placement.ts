import { componentOf, tensorPlace, type LayerPart } from '../../checkpoint/tensor-place.ts';
import { indexOfRow, type LayerIndex } from '../../layer-index.ts';
import type { Rest } from '../recipe/recipe.ts';

/** Where a tensor belongs in a recipe: to an LLM layer, to one of the other pieces, or to no part of the model. */
export type Placement =
  | { readonly kind: 'layer'; readonly layer: LayerIndex; readonly part: LayerPart }
  | { readonly kind: 'rest'; readonly piece: keyof Rest }
  | { readonly kind: 'unknown' };

/**
 * Places a tensor of the model by its canonical name. As in the reference implementation, attention is `self_attn.*`
 * and MLP is `mlp.*`, biases included; the two norms of a layer are neither.
 */
export function placementOf(name: string): Placement {
  const { part, block } = tensorPlace(name);
  switch (part) {
    case 'layer':
      return { kind: 'layer', layer: indexOfRow(block), part: partOfLayer(name) };
    case 'projector':
      return { kind: 'rest', piece: 'projector' };
    case 'visionBlock':
    case 'vision':
      return { kind: 'rest', piece: 'visionTower' };
    case 'norm':
    case 'head':
      return { kind: 'rest', piece: 'head' };
    default:
      return { kind: 'rest', piece: 'frame' };
  }
}

const PARTS = { Attention: 'attention', MLP: 'mlp', Other: 'other' } as const;

function partOfLayer(name: string): LayerPart {
  return PARTS[componentOf(name)];
}
