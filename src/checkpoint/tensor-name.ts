/** Prefixes under which the same weights are stored, and what the canonical spelling has instead. */
const PREFIXES = [
  // transformers 4.52 and later
  ['model.language_model.', 'model.'],
  ['model.visual.', 'visual.'],
  // exports that nest the causal language model whole
  ['language_model.model.', 'model.'],
  ['language_model.lm_head.', 'lm_head.'],
  // the base model saved alone (`AutoModel`) by transformers 5: no head, `visual.` as on the hub
  ['language_model.', 'model.'],
] as const;

/**
 * The canonical spelling of a tensor's name, which is the hub's (transformers ≤ 4.51): `model.layers.N.*`,
 * `model.embed_tokens.weight`, `model.norm.weight`, `lm_head.weight`, `visual.*`. Other names come back as they are.
 */
export function canonicalName(stored: string): string {
  for (const [prefix, canonical] of PREFIXES) {
    if (stored.startsWith(prefix)) return canonical + stored.slice(prefix.length);
  }
  return stored;
}
