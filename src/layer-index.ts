/** The unified layer index (docs/method.md §1): vision blocks −n … −1, projector 0, LLM layers 1 … L. */
export type LayerIndex = number & { readonly __brand: 'LayerIndex' };

/** As result files spell them. */
export type Section = 'Vision Encoder' | 'Projector' | 'LLM Backbone';

/** The section a unified layer index lies in. */
export function sectionOf(index: number): Section {
  return index < 0 ? 'Vision Encoder' : index === 0 ? 'Projector' : 'LLM Backbone';
}
