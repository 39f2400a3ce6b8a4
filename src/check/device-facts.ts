/** What a device is, as far as its browser tells. */
import type { Device } from '../engine/protocol/device.ts';

export interface DeviceFacts {
  /** As it calls itself. */
  readonly browser: string;
  /** What the GPU's adapter offers; null on the processor. */
  readonly gpu: {
    readonly features: readonly string[];
    readonly limits: Readonly<Record<string, number>>;
  } | null;
}

export async function deviceFacts(device: Device): Promise<DeviceFacts> {
  const browser = navigator.userAgent;
  if (device === 'wasm') return { browser, gpu: null };
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { browser, gpu: null };
  const limits: Record<string, number> = {};
  // Limits are getters of the prototype, so that only `in` finds them.
  for (const name in adapter.limits) {
    const value: unknown = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return { browser, gpu: { features: [...adapter.features].sort(), limits } };
}
