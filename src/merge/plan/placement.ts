import type { Part, Rest } from '../recipe/recipe.ts';

/** Where a tensor belongs in a recipe: to an LLM layer (1 … L), to one of the other pieces, or to no part of the model. */
export type Placement =
  | { readonly kind: 'layer'; readonly layer: number; readonly part: Exclude<Part, 'all'> | 'other' }
  | { readonly kind: 'rest'; readonly piece: keyof Rest }
  | { readonly kind: 'unknown' };

const LAYER = /^model\.layers\.(\d+)\.(.*)$/;

/**
 * Places a tensor of the model by its canonical name. As in the reference implementation, attention is `self_attn.*`
 * and MLP is `mlp.*`, biases included; the two norms of a layer are neither.
 */
export function placementOf(name: string): Placement {
  const [, layer, within = ''] = LAYER.exec(name) ?? [];
  if (layer !== undefined) {
    const part = within.startsWith('self_attn.') ? 'attention' : within.startsWith('mlp.') ? 'mlp' : 'other';
    return { kind: 'layer', layer: Number(layer) + 1, part };
  }
  if (name.startsWith('visual.merger.')) return { kind: 'rest', piece: 'projector' };
  if (name.startsWith('visual.')) return { kind: 'rest', piece: 'visionTower' };
  if (name === 'model.norm.weight' || name === 'lm_head.weight') return { kind: 'rest', piece: 'head' };
  return { kind: 'rest', piece: 'frame' };
}
