import { type LayerIndex, layerOfBlock } from '../../checkpoint/layer-index.ts';
import { tensorPlace } from '../../checkpoint/tensor-place.ts';
import { HEAD } from '../../vlm/stored-head.ts';
import type { Part, Rest } from '../recipe/recipe.ts';

/** Where a tensor belongs in a recipe: to an LLM layer, to one of the other pieces, or to no part of the model. */
export type Placement =
  | { readonly kind: 'layer'; readonly layer: LayerIndex; readonly part: Exclude<Part, 'all'> | 'other' }
  | { readonly kind: 'rest'; readonly piece: keyof Rest }
  | { readonly kind: 'unknown' };

/**
 * Places a tensor of the model by its canonical name. As in the reference implementation, attention is `self_attn.*`
 * and MLP is `mlp.*`, biases included; the two norms of a layer are neither.
 */
export function placementOf(name: string): Placement {
  const { part, block, within } = tensorPlace(name);
  switch (part) {
    case 'layer':
      return { kind: 'layer', layer: layerOfBlock(block), part: partOfLayer(within) };
    case 'projector':
      return { kind: 'rest', piece: 'projector' };
    case 'visionBlock':
    case 'vision':
      return { kind: 'rest', piece: 'visionTower' };
    case 'language':
      return { kind: 'rest', piece: name === FINAL_NORM || name === HEAD ? 'head' : 'frame' };
  }
}

const FINAL_NORM = 'model.norm.weight';

function partOfLayer(within: string): Exclude<Part, 'all'> | 'other' {
  if (within.startsWith('self_attn.')) return 'attention';
  return within.startsWith('mlp.') ? 'mlp' : 'other';
}
