/**
 * The linear layer a weight belongs to, across layers: `q_proj`, `down_proj`, `attn.qkv`, `mlp.0` of the merger.
 *
 * @param name canonical
 */
export function projectionOf(name: string): string {
  const parts = name.replace(/\.weight$/, '').split('.');
  const last = parts.at(-1) ?? name;
  const vision = name.startsWith('visual.');
  // Vision and language have projections of the same names; the merger's are only numbered.
  return vision ? `visual ${/^\d+$|^proj$|^qkv$/.test(last) ? parts.slice(-2).join('.') : last}` : last;
}
