import { expect, test } from 'vitest';
import { CAPABILITIES } from '../testing/fake-engine.ts';
import { machineLine } from './machine-line.ts';

test('the line names what runs the models first', () => {
  expect(machineLine(CAPABILITIES).text).toBe('WebGPU · NVIDIA Ampere · f16 · 2 GiB bindings');
  expect(machineLine({ ...CAPABILITIES, webgpu: null }).text).toBe('WASM · 8 threads');
  expect(machineLine({ ...CAPABILITIES, preferred: 'wasm', wasm: { threads: 1 } }).text).toBe(
    'WASM · 1 thread; WebGPU · NVIDIA Ampere · f16 · 2 GiB bindings',
  );
});
