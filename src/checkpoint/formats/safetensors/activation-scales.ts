/** Scales and zero points of activations and caches: no weight depends on them. */
const ACTIVATION =
  /^(.+)\.(?:(?:input|output|activation)_(?:scale|zero_point|global_scale|scale_ub)|[qkv]_(?:scale|zero_point|global_scale))$/;

/** Stored names of the scales of activations that lie beside claimed weights, or one level above them. */
export function activationScales(
  tensors: { keys(): Iterable<string> },
  claimed: readonly { readonly storedName: string }[],
): string[] {
  const places = new Set<string>();
  for (const { storedName } of claimed) {
    const place = parentOf(storedName);
    places.add(place).add(parentOf(place));
  }
  return [...tensors.keys()].filter((name) => places.has(ACTIVATION.exec(name)?.[1] ?? ''));
}

/** "model.layers.0" of "model.layers.0.weight". */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
