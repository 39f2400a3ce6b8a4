import type { Device } from '../protocol/device.ts';
import type { Backend } from './backend.ts';
import { requestGpu, surveyGpu } from './gpu-device.ts';
import { availableBridge, loadWasmBuild, loadWebGpuBuild } from './ort-builds.ts';
import { selfCheck } from './self-check.ts';
import { startModule } from './start-module.ts';
import { WasmBackend } from './wasm.ts';
import { WebGpuBackend } from './webgpu.ts';

/** Makes the backend of a device. @param threads of WASM; left out: `wasmThreads` @throws NamedError `NoWebGpu`, `ModuleUnavailable`. */
export async function createBackend(device: Device, threads?: number): Promise<Backend> {
  if (device === 'wasm') {
    const backend = new WasmBackend(await loadWasmBuild(threads));
    startModule(backend);
    return backend;
  }
  const ort = await loadWebGpuBuild(availableBridge());
  const { description } = await surveyGpu();
  if (description?.subgroups) {
    const backend = new WebGpuBackend(ort, await requestGpu(true));
    if (await selfCheck(backend, new WasmBackend(ort))) return backend;
    await backend.destroy();
  }
  return new WebGpuBackend(ort, await requestGpu(false));
}
