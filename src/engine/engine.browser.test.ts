import { describe, expect, it } from 'vitest';
import { createBackend } from './backend/create.ts';
import { requestGpu } from './backend/gpu-device.ts';
import { loadWebGpuBuild } from './backend/ort-builds.ts';
import { raggedRowsHold } from './backend/ragged-check.ts';
import { deviceError, selfCheck } from './backend/self-check.ts';
import { WasmBackend } from './backend/wasm.ts';
import { WebGpuBackend } from './backend/webgpu.ts';
import { Engine } from './engine.ts';
import { fetchGolden } from './testing/fetch-golden.ts';
import { describeDistributions } from './testing/distribution-suite.ts';
import { describeGoldens } from './testing/golden-suite.ts';
import { GOLDEN_CHECKPOINTS } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';
import { describeScores } from './testing/score-suite.ts';

describeGoldens({
  device: 'webgpu',
  read: fetchGolden,
  createEngine: (decodeImage) => new Engine({ ...INLINE, decodeImage, createBackend }),
  // Of each later architecture the smaller one: a software GPU takes its time.
  checkpoints: GOLDEN_CHECKPOINTS.filter((name) => !/^qwen.*-untied/.test(name)),
  hiddenBound: 2e-3,
  logitsBound: 2e-3,
  interventionCases: ['square'],
});

describeScores({
  device: 'webgpu',
  read: fetchGolden,
  createEngine: (decodeImage) => new Engine({ ...INLINE, decodeImage, createBackend }),
  cases: ['text', 'square'],
  bound: 1e-3,
});

describeDistributions(
  'webgpu',
  async () => new WebGpuBackend(await loadWebGpuBuild('jspi'), await requestGpu(false)),
);

describe('the check of a device before it is believed', () => {
  it('passes the software adapter without subgroups, in every format', async () => {
    const ort = await loadWebGpuBuild('jspi');
    const gpu = new WebGpuBackend(ort, await requestGpu(false));
    const cpu = new WasmBackend(ort);
    for (const format of ['f32', 'q8', 'q4', 'q8-zeros', 'q4-zeros'] as const) {
      expect(await deviceError(gpu, cpu, format), format).toBeLessThan(1e-3);
    }
    await gpu.destroy();
  });

  it('passes the asyncify build, for browsers without JSPI', async () => {
    const ort = await loadWebGpuBuild('asyncify');
    const gpu = new WebGpuBackend(ort, await requestGpu(false));
    expect(await deviceError(gpu, new WasmBackend(ort), 'f32')).toBeLessThan(1e-3);
    await gpu.destroy();
  });

  it('lets rows of one step stand at different positions', async () => {
    const gpu = new WebGpuBackend(await loadWebGpuBuild('jspi'), await requestGpu(false));
    expect(await raggedRowsHold(gpu)).toBe(true);
    expect(gpu.heldBytes).toBe(0);
    await gpu.destroy();
  });

  it('writes a number of bytes that fills no whole words', async () => {
    const gpu = new WebGpuBackend(await loadWebGpuBuild('jspi'), await requestGpu(false));
    const tensor = await gpu.zeros('float32', [3]);
    gpu.write(tensor, 4, Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0));
    expect([...(await gpu.read(tensor))]).toEqual([0, 1, 0]);
    await gpu.destroy();
  });

  it('catches the garbage that four-lane subgroups give', async () => {
    const ort = await loadWebGpuBuild('jspi');
    const gpu = new WebGpuBackend(ort, await requestGpu(true));
    expect(await selfCheck(gpu, new WasmBackend(ort))).toBe(false);
    await gpu.destroy();
  });
});
