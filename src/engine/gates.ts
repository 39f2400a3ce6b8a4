import type { Backend, Feeds } from './backend/backend.ts';

export type GatePart = 'attention' | 'mlp';

/**
 * Feeds `i.attention_gate` and `i.mlp_gate` for layers `from` … `to`−1, `[B, 1, 1]` each, or `[1, 1, 1]` of 1
 * where a layer has no intervention. Empty when none of them has, and they are not `wanted` all the same: then the graph without gates serves.
 */
export function gateFeeds(
  backend: Backend,
  from: number,
  to: number,
  gateOf: (layer: number, part: GatePart) => Float32Array | null,
  wanted = false,
): Feeds {
  const scales: [string, Float32Array | null][] = [];
  for (let layer = from; layer < to; layer++) {
    for (const part of ['attention', 'mlp'] as const) {
      scales.push([`${layer - from}.${part}_gate`, gateOf(layer, part)]);
    }
  }
  if (!wanted && scales.every(([, scale]) => scale === null)) return {};
  return Object.fromEntries(
    scales.map(([name, scale]) => {
      const values = scale ?? Float32Array.of(1);
      return [name, backend.upload('float32', [values.length, 1, 1], values)];
    }),
  );
}
