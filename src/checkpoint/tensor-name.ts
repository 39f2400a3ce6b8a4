/** Prefixes under which the same weights are stored, and what the canonical spelling has instead; the first that fits. */
const PREFIXES = [
  // transformers 4.52 and later
  ['model.language_model.', 'model.'],
  ['model.visual.', 'visual.'],
  // exports that nest the causal language model whole
  ['language_model.model.', 'model.'],
  ['language_model.lm_head.', 'lm_head.'],
  // the base model saved alone (`AutoModel`) by transformers 5: no head, `visual.` as on the hub
  ['language_model.', 'model.'],
  // LLaVA and its like: in transformers 4 the tower's class is part of the name; the original nests the tower twice
  ['model.vision_tower.vision_tower.vision_model.', 'vision_tower.'],
  ['model.vision_tower.vision_model.', 'vision_tower.'],
  ['vision_tower.vision_model.', 'vision_tower.'],
  ['model.vision_tower.', 'vision_tower.'],
  ['model.vision_model.', 'vision_model.'],
  ['model.multi_modal_projector.', 'multi_modal_projector.'],
  ['model.mm_projector.', 'mm_projector.'],
  ['model.connector.', 'connector.'],
  ['model.image_newline', 'image_newline'],
  // Idefics, SmolVLM
  ['model.text_model.', 'model.'],
  // MiniCPM-V, Ovis
  ['llm.model.', 'model.'],
  ['llm.lm_head.', 'lm_head.'],
] as const;

/**
 * The canonical spelling of a tensor's name, which is the hub's (transformers ≤ 4.51): `model.layers.N.*`,
 * `model.embed_tokens.weight`, `model.norm.weight`, `lm_head.weight`, `visual.*`, `vision_tower.*`. Other names come back as
 * they are.
 */
export function canonicalName(stored: string): string {
  for (const [prefix, canonical] of PREFIXES) {
    if (stored.startsWith(prefix)) return canonical + stored.slice(prefix.length);
  }
  return stored;
}

/**
 * The name under which a tensor is written into a new folder: as it was stored, so that whoever reads the one folder reads
 * the other; except in the base model's spelling, whose vision tower transformers 4.57 does not find.
 */
export function writtenName(stored: string): string {
  const ofBaseModel = /^language_model\.(?!model\.|lm_head\.)/.test(stored);
  return ofBaseModel ? canonicalName(stored) : stored;
}
