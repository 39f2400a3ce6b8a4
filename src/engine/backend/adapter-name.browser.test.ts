/** What a browser says of its GPU is the same before a device is made and of each device: kept results are found by it. */
import { expect, test } from 'vitest';
import { requestSpectrumDevice } from '../../spectra/gpu/spectrum-device.ts';
import { gpuName } from '../../work/adapter-name.ts';
import { requestGpu, surveyGpu } from './gpu-device.ts';

test('the survey, the device of spectra and that of the engine are called alike', async () => {
  const { description } = await surveyGpu();
  const spectra = await requestSpectrumDevice();
  const engine = await requestGpu(false);
  try {
    expect(description?.adapter).toMatch(/^vendor \w/);
    expect(gpuName(spectra.adapterInfo, spectra.features)).toBe(description?.adapter);
    const half = engine.features.has('shader-f16') ? ', shader-f16' : '';
    expect(gpuName(engine.adapterInfo, engine.features)).toBe(`${description?.adapter}${half}`);
  } finally {
    spectra.destroy();
    engine.destroy();
  }
});
