import { surveyGpu } from './backend/gpu-device.ts';
import { wasmThreads } from './backend/ort-builds.ts';
import type { Capabilities } from './protocol/capabilities.ts';

/** What this browser on this machine can do. */
export async function surveyCapabilities(): Promise<Capabilities> {
  const { description, findings } = await surveyGpu();
  const estimate = await navigator.storage?.estimate?.();
  return {
    webgpu: description,
    findings,
    wasm: { threads: wasmThreads() },
    crossOriginIsolated,
    storage: estimate ? { usageBytes: estimate.usage ?? 0, quotaBytes: estimate.quota ?? 0 } : null,
    preferred: description && !description.software ? 'webgpu' : 'wasm',
  };
}
