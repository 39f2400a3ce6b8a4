/** What a GPU's adapter offers, as far as its browser tells. */
import type { Device } from '../engine/protocol/device.ts';

export interface AdapterFacts {
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** null on the processor, and where no adapter is given. */
export async function adapterFacts(device: Device): Promise<AdapterFacts | null> {
  if (device === 'wasm' || !('gpu' in navigator)) return null;
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const limits: Record<string, number> = {};
  // Limits are getters of the prototype, so that only `in` finds them.
  for (const name in adapter.limits) {
    const value: unknown = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return { features: [...adapter.features].sort(), limits };
}
