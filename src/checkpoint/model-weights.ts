import { tensorPlace } from './tensor-place.ts';

/** Lies in a layer too, and is no weight of it. */
const BESIDE = /\.base_layer\.|(^|[._])lora_|\.modules_to_save\.|rotary(_pos)?_emb/;

/**
 * Whether a tensor is one that a model of this kind needs, told by its name alone: without config.json nothing else says
 * so. A head of its own counts as not needed, as it may be tied to the embedding.
 *
 * @param name canonical name (see `canonicalName`)
 */
export function isModelWeight(name: string): boolean {
  const { part, within } = tensorPlace(name);
  if (part === 'head' || part === 'other' || BESIDE.test(name)) return false;
  return (part === 'embedding' || part === 'norm' ? /^(weight|bias)$/ : /^[\w.]+\.(weight|bias)$/).test(
    within,
  );
}
