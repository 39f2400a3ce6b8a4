/** Which weight of the model a tensor of a graph is, told by the node that uses it or by its own name. */

/** Modules of the language model and of the vision tower, at the end of a path, and what a checkpoint calls them. */
const MODULES: readonly (readonly [pattern: RegExp, module: string])[] = [
  [/(?:^|\.)(patch_embed\.proj|pos_embed)$/, 'visual.$1'],
  [
    /(?:^|\.)(blocks\.\d+\.(?:norm[12]|attn\.(?:qkv|proj)|mlp\.(?:(?:gate|up|down)_proj|(?:linear_)?fc[12])))$/,
    'visual.$1',
  ],
  [/(?:^|\.)((?:merger|deepstack_merger_list\.\d+)\.(?:ln_q|norm|mlp\.\d+|linear_fc[12]))$/, 'visual.$1'],
  [/(?:^|\.)layers\.\d+\.final_norm_layernorm$/, 'model.norm'],
  [/(?:^|\.)(layers\.\d+\.(?:input|post_attention)_layernorm)$/, 'model.$1'],
  [
    /(?:^|\.)(layers\.\d+)\.(?:self_)?attn\.((?:[qkvo]|qkv)_proj|[qk]_norm)(?:\.layernorm)?$/,
    'model.$1.self_attn.$2',
  ],
  [/(?:^|\.)(layers\.\d+\.mlp\.(?:(?:gate|up|down|gate_up)_proj))$/, 'model.$1'],
  [/(?:^|\.)embed_tokens$/, 'model.embed_tokens'],
  [/(?:^|\.)lm_head$/, 'lm_head'],
  [/^(?:(?:model|language_model)\.)*norm$/, 'model.norm'],
];

/** "/model/layers.0/attn/q_proj/MatMul_Q4": the last part is what the node does. */
export function moduleOfNode(name: string, scopes: readonly string[]): string | null {
  const path = name.split('/').slice(0, -1);
  for (const candidate of [path.join('.'), ...[...scopes].reverse()]) {
    const module = moduleOf(candidate);
    if (module !== null) return module;
  }
  return null;
}

/** "model.layers.0.attn.q_proj.MatMul.weight_Q4G32", without what quantizers and exporters add. */
export function moduleOfTensor(name: string): string | null {
  const plain = name
    .replace(/(_DQ)?_Q\d+(G\d+)?$|_(quantized|quant|transposed|merged_0)+$/g, '')
    .replace(/(\.MatMul|\.Add|\.Gather)?(NBits)?(\.DequantizeLinear)?\.(weight|qweight|bias)$/, '');
  return plain === name ? null : moduleOf(plain);
}

function moduleOf(path: string): string | null {
  // A sequence names itself before each of its members: "mlp.mlp.0".
  const once = path.replace(/^\.+/, '').replace(/(^|\.)(\w+)\.\2\.(\d+)(?=\.|$)/g, '$1$2.$3');
  for (const [pattern, module] of MODULES) {
    const found = pattern.exec(once);
    if (found) return module.replace(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? '');
  }
  return null;
}

/** Tables that exporters compute, and which are no weights. */
export function isComputedTable(name: string): boolean {
  return /cos_cache|sin_cache|cos_cached|sin_cached|inv_freq|rotary|rope/i.test(name);
}
