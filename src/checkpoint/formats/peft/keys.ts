/** Names in adapter_model.safetensors, in every spelling that peft and its callers write. */

/** What a tensor of an adapter is to a module. */
export type AdapterPart = 'a' | 'b' | 'embeddingA' | 'embeddingB' | 'magnitude' | 'addedBias' | 'tokens';

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
  [/\.token_adapter\.trainable_tokens_delta(\.[^.]+)?$/, 'tokens'],
];

/** What wraps modules while they are trained, and stays in their names where a state was saved from inside: FSDP, checkpointing, compilation. */
const WRAPPERS = new Set(['_fsdp_wrapped_module', '_checkpoint_wrapped_module', '_orig_mod']);
/** Of the whole model: DDP and DeepSpeed put `module.` before it, peft `base_model.model.`, again for an adapter on an adapter's model. */
const AROUND = /^(module\.)?(base_model\.model\.)*/;

/** A key of the file, its prefix taken off; names of modules stay in the adapter's spelling. */
export function adapterKey(key: string): AdapterKey {
  const unwrapped = key.split('.').filter((part) => !WRAPPERS.has(part));
  const name = unwrapped.join('.').replace(AROUND, '');
  for (const [end, part] of PARTS) {
    const found = end.exec(name);
    if (found) return { kind: 'part', module: name.slice(0, found.index), part };
  }
  return {
    kind: 'instead',
    name: name.replace(/\.modules_to_save(\.default)?\./, '.').replace('.base_layer.', '.'),
  };
}
