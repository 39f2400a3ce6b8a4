import { afterEach, expect, it, vi } from 'vitest';
import { createGpuSpectrumBackend } from './create.ts';
import type { InterpretedDevice } from '../../../tools/wgsl-interpreter/device.ts';
import { WEBGPU_GLOBALS, interpretedDevice } from '../../../tools/wgsl-interpreter/device.ts';

afterEach(() => void vi.unstubAllGlobals());

const EXACT = { flush: false, contract: false, ulps: 0 };

/** What `navigator` offers. */
function offer({ device }: InterpretedDevice): void {
  const adapter = { limits: device.limits, requestDevice: () => Promise.resolve(device) };
  for (const [name, value] of Object.entries(WEBGPU_GLOBALS)) vi.stubGlobal(name, value);
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
}

it('gives back a device whose limits are too small for the kernels', async () => {
  const offered = interpretedDevice(EXACT, { maxComputeWorkgroupStorageSize: 1000 });
  offer(offered);
  await expect(createGpuSpectrumBackend()).rejects.toMatchObject({ name: 'LimitTooSmall' });
  expect(offered.destroyed()).toBe(true);
});

it("says GpuRejected, with the kernel and the driver's words, where a pipeline is refused", async () => {
  const offered = interpretedDevice(EXACT);
  const refuse = (): Promise<never> => Promise.reject(new Error('X4026: barrier in varying flow'));
  Object.assign(offered.device, { createComputePipelineAsync: refuse });
  offer(offered);
  await expect(createGpuSpectrumBackend()).rejects.toMatchObject({
    name: 'GpuRejected',
    what: expect.stringMatching(/tree node.*X4026/) as string,
  });
  expect(offered.destroyed()).toBe(true);
});
