import { tensorPlace } from './tensor-place.ts';

/** Place on the unified axis: vision blocks −n … −1, projector 0, LLM layers 1 … L. */
export type LayerIndex = number & { readonly __brand: 'LayerIndex' };

export type Section = 'Vision Encoder' | 'Projector' | 'LLM Backbone';
export type Component = 'Attention' | 'MLP' | 'Other';

export interface LayerPlace {
  /** null for what belongs to no block: patch embedding, token embedding, final norm, head. */
  readonly layer: LayerIndex | null;
  readonly section: Section;
  readonly component: Component;
}

const ATTENTION = /q_proj|k_proj|v_proj|o_proj|attn|qkv/;
const MLP = /gate_proj|up_proj|down_proj|mlp|linear_fc/;

/**
 * Where a tensor of the model stands on the unified layer index: vision block *b* of *n* → b − n, merger → 0,
 * LLM layer *l* → l + 1. Patch embedding, token embedding, final norm and head are in no block; like the
 * reference implementation, which leaves them out of every per-layer number, they get none. The component is told
 * by the words in the name, attention first, so the merger's two linears count as MLP.
 *
 * @param name canonical name (see `canonicalName`)
 */
export function layerPlace(name: string, { visionBlocks }: { readonly visionBlocks: number }): LayerPlace {
  const component = ATTENTION.test(name) ? 'Attention' : MLP.test(name) ? 'MLP' : 'Other';
  const { part, block } = tensorPlace(name);
  switch (part) {
    case 'visionBlock':
      return { layer: (block - visionBlocks) as LayerIndex, section: 'Vision Encoder', component };
    case 'vision':
      return { layer: null, section: 'Vision Encoder', component };
    case 'projector':
      return { layer: 0 as LayerIndex, section: 'Projector', component };
    case 'layer':
      return { layer: layerOfBlock(block), section: 'LLM Backbone', component };
    case 'language':
      return { layer: null, section: 'LLM Backbone', component };
  }
}

/** The LLM layer that names count as `block`, from 0. */
export function layerOfBlock(block: number): LayerIndex {
  return (block + 1) as LayerIndex;
}
