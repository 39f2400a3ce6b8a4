import type { GpuSpectrumOptions } from './backend.ts';
import { GpuSpectrumBackend } from './backend.ts';
import { selfCheck } from './self-check.ts';

/**
 * A backend on WebGPU that has been checked against the CPU on a small matrix.
 *
 * @throws NamedError `NoWebGpu`, `LimitTooSmall`, `GpuRejected`, `GpuResultWrong`, `OutOfMemory`, `DeviceLost`
 */
export async function createGpuSpectrumBackend(
  options: GpuSpectrumOptions = {},
): Promise<GpuSpectrumBackend> {
  const backend = await GpuSpectrumBackend.create(options);
  try {
    await selfCheck(backend);
    return backend;
  } catch (error) {
    backend.dispose();
    throw error;
  }
}
