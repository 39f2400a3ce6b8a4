/** Names in adapter_model.safetensors, in every spelling that peft and its callers write. */

/** What a tensor of an adapter is to a module. */
export type AdapterPart = 'a' | 'b' | 'embeddingA' | 'embeddingB' | 'magnitude' | 'addedBias';

export type AdapterKey =
  | { readonly kind: 'part'; readonly module: string; readonly part: AdapterPart }
  /** A tensor that stands in the place of the base's. */
  | { readonly kind: 'instead'; readonly name: string };

/** The adapter's own name, `.default`, is there in what was not written by `save_pretrained`. */
const PARTS: readonly (readonly [end: RegExp, part: AdapterPart])[] = [
  [/\.lora_A(\.[^.]+)?\.weight$/, 'a'],
  [/\.lora_B(\.[^.]+)?\.weight$/, 'b'],
  [/\.lora_B(\.[^.]+)?\.bias$/, 'addedBias'],
  [/\.lora_embedding_A(\.[^.]+)?$/, 'embeddingA'],
  [/\.lora_embedding_B(\.[^.]+)?$/, 'embeddingB'],
  [/\.lora_magnitude_vector(\.[^.]+)?(\.weight)?$/, 'magnitude'],
];

/** A key of the file, its prefix taken off; names of modules stay in the adapter's spelling. */
export function adapterKey(key: string): AdapterKey {
  const name = key.replace(/^base_model\.model\./, '');
  for (const [end, part] of PARTS) {
    const found = end.exec(name);
    if (found) return { kind: 'part', module: name.slice(0, found.index), part };
  }
  return {
    kind: 'instead',
    name: name.replace(/\.modules_to_save(\.default)?\./, '.').replace('.base_layer.', '.'),
  };
}
