import { describe, expect, test } from 'vitest';
import { adapterText, gpuName, wasmName } from '../../work/adapter-name.ts';

const INFO = { vendor: 'nvidia', architecture: 'ampere', device: '', description: '' };
const none = new Set<string>();

describe('what computes is told apart by', () => {
  test.each([
    ['vendor', { ...INFO, vendor: 'amd' }],
    ['architecture', { ...INFO, architecture: 'hopper' }],
    ['device', { ...INFO, device: '0x2331' }],
    ['description', { ...INFO, description: 'NVIDIA H100' }],
    ['driver', { ...INFO, driver: '550.1' }],
    ['backend', { ...INFO, backend: 'D3D12' }],
    ['subgroup size', { ...INFO, subgroupMinSize: 32 }],
  ])('%s', (_, other) => {
    expect(gpuName(other, none)).not.toBe(gpuName(INFO, none));
  });

  test('features in use', () => {
    const names = [[], ['shader-f16'], ['subgroups'], ['shader-f16', 'subgroups']].map((features) =>
      gpuName(INFO, new Set(features)),
    );
    expect(new Set(names).size).toBe(4);
    expect(names[3]).toBe('vendor nvidia, architecture ampere, shader-f16, subgroups');
  });

  test('threads', () => {
    expect(wasmName(1)).not.toBe(wasmName(2));
  });

  test('one thread, and several, as they are read', () => {
    expect([1, 2, 11].map((threads) => adapterText(`wasm: ${wasmName(threads)}`))).toEqual([
      'wasm: wasm simd, 1 thread',
      'wasm: wasm simd, 2 threads',
      'wasm: wasm simd, 11 threads',
    ]);
  });

  test('a name where nothing is told', () => {
    expect(gpuName({ vendor: '', architecture: '', device: '', description: '' }, none)).toBe('unnamed GPU');
  });
});
