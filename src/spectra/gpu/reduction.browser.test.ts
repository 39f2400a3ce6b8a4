import { afterAll, beforeAll } from 'vitest';
import { panelShape } from './panel-shape.ts';
import { SpectrumDevice, requestSpectrumDevice } from './spectrum-device.ts';
import type { BandReducer } from './testing/band-suite.ts';
import { bandSuite } from './testing/band-suite.ts';
import { gpuReducer } from './testing/gpu-reducer.ts';

/** What a software adapter takes a second or more to compile per kernel. */
const COMPILE_MS = 240_000;

let device: GPUDevice;
let small: BandReducer;
let usual: BandReducer;
beforeAll(async () => {
  device = await requestSpectrumDevice();
  const gpu = new SpectrumDevice(device);
  // Leaves of 16 rows: even a small panel is a tree of three levels.
  small = await gpuReducer(gpu, { width: 8, leaf: 16, threads: 32 });
  usual = await gpuReducer(gpu, panelShape(16, 256, 16384));
}, COMPILE_MS);
afterAll(() => device.destroy());

bandSuite('kernels, deep trees', () => small, 2e-6);
bandSuite('kernels as on a GPU with default limits', () => usual, 2e-6);
