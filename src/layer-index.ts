/**
 * Layers are counted in two ways (docs/method.md §1). The types are marked apart, so that one is not taken for the other; a plain
 * number passes for either.
 */

/** The unified index: vision blocks −n … −1, projector 0, LLM layers 1 … L. Of charts, regions, recipes and files of updates. */
export type LayerIndex = number & { readonly counted?: 'unified' };

/** An LLM layer from 0 to L − 1, as names, the engine and the files of probes count it. */
export type LayerRow = number & { readonly counted?: 'from 0' };

/** The unified index of an LLM layer. */
export function indexOfRow(row: LayerRow): LayerIndex {
  return row + 1;
}

/** An LLM layer's row; negative for what is no LLM layer. */
export function rowOfIndex(index: LayerIndex): LayerRow {
  return index - 1;
}

/** As result files spell them. */
export type Section = 'Vision Encoder' | 'Projector' | 'LLM Backbone';

/** The section a layer lies in. */
export function sectionOf(index: LayerIndex): Section {
  return index < 0 ? 'Vision Encoder' : index === 0 ? 'Projector' : 'LLM Backbone';
}
